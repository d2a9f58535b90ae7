import { inWords, type PathFields } from "../../model/raw-path.ts";
import type { ListedEntry } from "../../model/reports.ts";
import { listTree } from "../../operations/list-tree.ts";
import { type Command, defineCommand } from "../command.ts";
import type { Look } from "../io.ts";
import { fromArg } from "../raw-args.ts";
import { formatMinute } from "../render/times.ts";
import { paint } from "../terminal.ts";

const KIND_LETTERS: Readonly<Record<ListedEntry["kind"], string>> = {
  file: "-",
  directory: "d",
  symlink: "l",
  fifo: "p",
};

/** `jvs ls`. */
export const lsCommand: Command = defineCommand({
  usage: "<ref> [path]",
  about: "Mode, size, time of last change (UTC) and name of what is in a snapshot's folder.",
  words: { min: 1, max: 2 },
  flags: {
    recursive: { type: "boolean", short: "R", about: "Also list what is in the folders below" },
  },
  examples: [
    { command: "jvs ls HEAD", does: "the top folder of the last snapshot" },
    { command: "jvs ls v1.0 src -R", does: "everything under src in the one tagged v1.0" },
  ],

  async run({ positionals: [ref = "", path], flags: { recursive } }, ctx) {
    return listTree(ctx, {
      ref,
      recursive,
      ...(path === undefined ? {} : { path: fromArg(path) }),
    });
  },

  render({ entries }, look) {
    const width = Math.max(1, ...entries.map(({ size }) => String(size).length));
    return entries.map((entry) => lineFor(entry, look, width)).join("\n");
  },
});

function lineFor(entry: ListedEntry, look: Look, width: number): string {
  const { kind, mode, size, mtime, target } = entry;
  const path = inWords(entry);
  const time = mtime === null ? "-".padEnd(16) : formatMinute(mtime);
  const name = kind === "directory" ? paint(look, "blue", `${path}/`) : path;
  const arrow = target === undefined ? "" : ` -> ${inWords(targetOf(entry, target))}`;
  return `${modeString(kind, mode)}  ${String(size).padStart(width)}  ${time}  ${name}${arrow}`;
}

/** `-rw-r--r--`, with `s` and `t` as `ls` shows them. */
function modeString(kind: ListedEntry["kind"], octal: string): string {
  const mode = Number.parseInt(octal, 8);
  const letters = [...permissions(mode >> 6), ...permissions(mode >> 3), ...permissions(mode)];
  for (const { bit, at, letter } of SPECIAL) {
    if ((mode & bit) !== 0) letters[at] = letters[at] === "x" ? letter : letter.toUpperCase();
  }
  return KIND_LETTERS[kind] + letters.join("");
}

/** Each shows in place of an `x`. */
const SPECIAL = [
  { bit: 0o4000, at: 2, letter: "s" },
  { bit: 0o2000, at: 5, letter: "s" },
  { bit: 0o1000, at: 8, letter: "t" },
] as const;

function permissions(bits: number): string[] {
  return [bits & 4 ? "r" : "-", bits & 2 ? "w" : "-", bits & 1 ? "x" : "-"];
}

function targetOf({ target_base64: bytes }: ListedEntry, path: string): PathFields {
  return bytes === undefined ? { path } : { path, path_base64: bytes };
}
