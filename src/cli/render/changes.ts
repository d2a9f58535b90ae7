import {
  type Change,
  type ChangeCounts,
  type ChangeList,
  type ChangeType,
  changesOfType,
} from "../../model/change.ts";
import { inWords } from "../../model/raw-path.ts";
import type { Look } from "../io.ts";
import { type Colour, paint } from "../terminal.ts";
import { formatCount, formatSize } from "./numbers.ts";

const SIGNS: Readonly<Record<ChangeType, readonly [sign: string, colour: Colour]>> = {
  added: ["+", "green"],
  removed: ["-", "red"],
  modified: ["~", "yellow"],
  renamed: [">", "cyan"],
  metadata: ["=", "magenta"],
};

/** The order in which kinds of changes are listed. */
const TYPES: readonly ChangeType[] = ["added", "removed", "modified", "renamed", "metadata"];

const COUNTED: Readonly<Record<ChangeType, string>> = {
  added: "added",
  removed: "removed",
  modified: "modified",
  renamed: "renamed",
  metadata: "with other metadata only",
};

const DIFFERENCES: Readonly<Record<NonNullable<Change["differs"]>[number], string>> = {
  mode: "mode",
  mtime: "time",
  owner: "owner",
  xattrs: "attributes",
  sparse: "holes",
  links: "hard links",
};

export interface ChangeListOptions {
  /** How many lines a kind of change may take. */
  readonly limit: number;
  /** How to see the rest: `jvs status --all`. */
  readonly more: string;
}

/** One line a change, kind by kind; kinds with too many end in a line that counts the rest. */
export function* changeLines(
  { changes, counts }: { readonly changes: ChangeList; readonly counts: ChangeCounts },
  look: Look,
  { limit, more }: ChangeListOptions,
): Generator<string> {
  for (const type of TYPES) {
    // Leaving out one line to print another saves nothing.
    const shown = counts[type] <= limit + 1 ? counts[type] : limit;
    const group = changesOfType(changes, type);
    for (const change of shown < counts[type] ? group.take(shown) : group)
      yield changeLine(change, look);
    const left = counts[type] - shown;
    if (left > 0) yield `  ... and ${formatCount(left)} more ${COUNTED[type]} (${more})`;
  }
}

/** `~ notes.txt (1.2 KB -> 1.4 KB)`. */
export function changeLine(change: Change, look: Look): string {
  const [sign, colour] = SIGNS[change.type];
  return paint(look, colour, `${sign} ${pathsOf(change)}${remarkOn(change, shortSizes)}`);
}

function shortSizes(before: number, after: number): string {
  return `${formatSize(before)} -> ${formatSize(after)}`;
}

/** The sign of a kind of change, in its colour: `+`. */
export function changeSign(type: ChangeType, look: Look): string {
  const [sign, colour] = SIGNS[type];
  return paint(look, colour, sign);
}

/** `2 added, 1 with other metadata only`. */
export function describeCounts(counts: ChangeCounts): string {
  const parts = TYPES.filter((type) => counts[type] > 0);
  if (parts.length === 0) return "no changes";
  return parts.map((type) => `${formatCount(counts[type])} ${COUNTED[type]}`).join(", ");
}

/** The path; folders end in a slash. For a rename: the old and the new one. */
export function pathsOf(change: Change): string {
  const slash = change.kind === "directory" ? "/" : "";
  const now = `${inWords(change)}${slash}`;
  const old = oldPathOf(change);
  return old === undefined ? now : `${old}${slash} -> ${now}`;
}

/** For a rename: the former path. */
export function oldPathOf({ old_path: path, old_path_base64: bytes }: Change): string | undefined {
  if (path === undefined) return undefined;
  return inWords(bytes === undefined ? { path } : { path, path_base64: bytes });
}

/** What to say behind the path, in brackets; "" for nothing. */
export function remarkOn(change: Change, sizes: (before: number, after: number) => string): string {
  const remark = describeRemark(change, sizes);
  return remark === "" ? "" : ` (${remark})`;
}

function describeRemark(change: Change, sizes: (before: number, after: number) => string): string {
  const { type, kind, old_kind = kind, size = 0, old_size = 0, old_hash, new_hash } = change;
  if (type === "metadata") return describeDifferences(change);
  if (type === "renamed") return old_hash === new_hash ? "" : "and edited";
  if (type !== "modified") return "";
  if (old_kind !== kind) return `${old_kind} -> ${kind}`;
  return size === old_size ? "" : sizes(old_size, size);
}

/** What differs, for metadata changes: `mode 0644 -> 0755`, `time only`. */
function describeDifferences({ differs = [], old_mode, mode }: Change): string {
  if (differs.length === 1 && differs[0] === "mtime") return "time only";
  return differs
    .map((what) =>
      what === "mode" && old_mode ? `mode ${old_mode} -> ${mode}` : DIFFERENCES[what],
    )
    .join(", ");
}
