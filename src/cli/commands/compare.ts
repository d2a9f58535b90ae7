import type { ComparedPath, CompareReport } from "../../model/compare-report.ts";
import { inWords } from "../../model/raw-path.ts";
import { shortId } from "../../model/snapshot.ts";
import { compareWorktrees } from "../../operations/compare-worktrees.ts";
import { type Command, defineCommand } from "../command.ts";
import type { Look } from "../io.ts";
import { changeSign, describeCounts } from "../render/changes.ts";
import { countOf } from "../render/numbers.ts";
import { nameSnapshot } from "../render/snapshots.ts";
import { formatMinute } from "../render/times.ts";
import { paint } from "../terminal.ts";

/** `jvs compare`. */
export const compareCommand: Command = defineCommand({
  usage: "[worktree...]",
  about: `Compares worktrees, each as it is now with unsaved work, with the newest snapshot that all of
them come from: a column a worktree, a line a path (+ added, - removed, ~ modified, = other
metadata only). Where several touched a path, the line says whether they end up the same.
One worktree is compared with the one you are in; without any, all are.`,
  words: { min: 0, max: Number.POSITIVE_INFINITY },
  flags: {
    base: { type: "string", value: "ref", about: "Compare with this snapshot instead" },
    overlaps: { type: "boolean", about: "Only paths that more than one worktree touched" },
  },
  examples: [
    { command: "jvs compare try-1 try-2", does: "what two attempts changed" },
    { command: "jvs compare try-1", does: "one attempt beside this workspace" },
    {
      command: "jvs compare --json | jq -r '.paths[] | select(.overlap==\"differ\").path'",
      does: "where all of them disagree, for a script",
    },
  ],

  async run({ positionals: names, flags: { base } }, ctx) {
    return compareWorktrees(ctx, { names, ...(base === undefined ? {} : { base }) });
  },

  render(report, look, { flags: { overlaps } }) {
    const shown = overlaps
      ? report.paths.filter(({ overlap }) => overlap !== "none")
      : report.paths;
    return [...head(report), ...table(report, shown, look), "", summary(report)].join("\n");
  },
});

function head({ base_snapshot_id: id, base_note, base_created_at, worktrees }: CompareReport) {
  const base =
    id === null
      ? "They have no snapshot in common: everything counts as added"
      : `Since ${nameSnapshot({ snapshot_id: id, note: base_note })} of ${formatMinute(base_created_at ?? "")}`;
  const width = Math.max(...worktrees.map(({ name }) => name.length));
  const lines = worktrees.map(({ name, head_snapshot_id, unsaved, counts }, index) => {
    const at = head_snapshot_id === null ? "(none)  " : shortId(head_snapshot_id);
    const state = unsaved ? "  (unsaved work)" : "";
    return `  ${letter(index)}  ${name.padEnd(width)}  ${at}  ${describeCounts(counts)}${state}`;
  });
  return [base, ...lines];
}

/** Columns have letters: names would make them too wide. */
function letter(index: number): string {
  const rest = Math.floor(index / 26);
  return `${rest === 0 ? "" : letter(rest - 1)}${String.fromCharCode(65 + (index % 26))}`;
}

function table({ worktrees }: CompareReport, paths: readonly ComparedPath[], look: Look): string[] {
  if (paths.length === 0) return [];
  const letters = worktrees.map((_, index) => letter(index));
  const width = Math.max(...letters.map(({ length }) => length));
  const rows = paths.map((touched) => {
    const { kind, changes, overlap } = touched;
    const cells = worktrees.map(({ name }) => {
      const type = changes[name];
      return (type === undefined ? "." : changeSign(type, look)) + " ".repeat(width - 1);
    });
    const slash = kind === "directory" ? "/" : "";
    return `  ${cells.join(" ")}  ${inWords(touched)}${slash}${remark(overlap, look)}`;
  });
  return ["", `  ${letters.map((name) => name.padEnd(width)).join(" ")}`, ...rows];
}

function remark(overlap: ComparedPath["overlap"], look: Look): string {
  if (overlap === "none") return "";
  return overlap === "same" ? "  (the same)" : `  ${paint(look, "red", "<- they differ")}`;
}

function summary({ paths, overlaps: { same, differ } }: CompareReport): string {
  if (paths.length === 0) return "Nothing was touched.";
  if (same + differ === 0) return `${countOf(paths.length, "path")} touched; no overlap.`;
  return `${countOf(paths.length, "path")} touched; ${countOf(same + differ, "overlap")}: ${differ} differ, ${same} the same.`;
}
