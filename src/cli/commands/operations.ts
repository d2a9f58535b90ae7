import type { OperationRecord } from "../../model/operation.ts";
import { listOperations } from "../../operations/list-operations.ts";
import { findUndo } from "../../operations/undo-stack.ts";
import { type Command, defineCommand } from "../command.ts";
import type { Look } from "../io.ts";
import { noteLine } from "../render/snapshots.ts";
import { formatMinute } from "../render/times.ts";
import { shortenIds } from "../render/undo.ts";
import { onOneLine, paint } from "../terminal.ts";

const DEFAULT_LIMIT = 20;

/** `jvs operations`. */
export const operationsCommand: Command = defineCommand({
  usage: "",
  about: `The log of all commands that changed something, the newest first. Nothing in it is ever
rewritten: undo and redo are lines of their own.`,
  words: { min: 0, max: 0, ignoresExtra: true },
  flags: {
    limit: {
      type: "number",
      short: "n",
      value: "N",
      about: `Show at most N (0: all; ${DEFAULT_LIMIT} unless given)`,
    },
  },
  examples: [
    { command: "jvs operations", does: "what happened here lately" },
    { command: "jvs operations -n 0 --json", does: "the whole log for a script" },
  ],

  async run({ flags: { limit = DEFAULT_LIMIT } }, ctx) {
    return listOperations(ctx, { limit });
  },

  render(records, look) {
    if (records.length === 0) return "No operations yet.";
    const marks = markUndoable(records);
    return records.map((record) => lineFor(record, look, marks.get(record) ?? "")).join("\n");
  },
});

function lineFor(record: OperationRecord, look: Look, mark: string): string {
  const { seq, timestamp, operation, target, reason } = record;
  const fields = [
    paint(look, "yellow", String(seq).padStart(4)),
    formatMinute(timestamp),
    operation.padEnd(8),
    onOneLine(shortenIds(target)),
    noteLine(shortenIds(reason)),
    paint(look, "green", mark),
  ];
  return fields.filter((field) => field !== "").join("  ");
}

/** What undo would take back, for each worktree that these records, newest first, are about. */
function markUndoable(records: readonly OperationRecord[]): Map<OperationRecord, string> {
  const marks = new Map<OperationRecord, string>();
  const worktrees = new Set(records.flatMap(worktreesOf));
  for (const worktree of worktrees) {
    const next = findUndo(() => records, worktree);
    const where = worktrees.size > 1 ? ` in ${worktree}` : "";
    if (next !== undefined) marks.set(next, `<- jvs undo${where} takes this back`);
  }
  return marks;
}

function worktreesOf({ refs }: OperationRecord): string[] {
  return Object.keys(refs)
    .filter((name) => name.endsWith("/head"))
    .map((name) => name.slice(0, -"/head".length));
}
