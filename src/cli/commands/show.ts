import type { ShowReport } from "../../model/reports.ts";
import { shortId } from "../../model/snapshot.ts";
import { showSnapshot } from "../../operations/show-snapshot.ts";
import { type Command, defineCommand } from "../command.ts";
import type { Look } from "../io.ts";
import { changeLines, describeCounts } from "../render/changes.ts";
import { lossLines } from "../render/losses.ts";
import { formatCount, formatSize } from "../render/numbers.ts";
import { partialPathsInWords } from "../render/partial-paths.ts";
import { toSnapshotObject } from "../render/snapshots.ts";
import { formatSecond } from "../render/times.ts";
import { onOneLine, paint } from "../terminal.ts";

const LINES_ON_SCREEN = 50;

/** `jvs show`. */
export const showCommand: Command = defineCommand({
  usage: "<ref>",
  about: "What is recorded about a snapshot, and what it changed against the one before it.",
  words: { min: 1, max: 1 },
  flags: {},
  examples: [
    { command: "jvs show HEAD", does: "the snapshot that the workspace stands on" },
    { command: "jvs show v1.0 --json", does: "the one with that tag, for a script" },
  ],

  async run({ positionals: [ref = ""] }, ctx) {
    return showSnapshot(ctx, ref);
  },

  *render(report, look) {
    yield* factLines(report, look);
    yield* lossesPart(report);
    yield* changesPart(report, look);
  },

  toJson: ({ descriptor, ...others }) => ({ ...toSnapshotObject(descriptor), ...others }),
});

function factLines({ descriptor, is_head, is_latest }: ShowReport, look: Look): string[] {
  const { note = "", tags = [], meta = {}, parent_id } = descriptor;
  const places = [is_head ? "the workspace stands on it" : "", is_latest ? "the newest" : ""];
  const facts: [string, string][] = [
    ["Note", inLines(note)],
    ["Tags", tags.join(", ")],
    ...Object.entries(meta).map(([key, value]): [string, string] => [key, onOneLine(value)]),
    ["Taken", `${formatSecond(descriptor.created_at)} UTC`],
    ["Kind", descriptor.kind],
    ["Worktree", descriptor.worktree_name],
    ["Parent", parent_id === undefined ? "none" : shortId(parent_id)],
    ["Engine", descriptor.engine],
    ["Content", describeContent(descriptor)],
    ["Paths", partialPathsInWords(descriptor).join(", ")],
    ["Root hash", descriptor.payload_root_hash],
    ["State", descriptor.integrity_state],
    ["Place", places.filter(Boolean).join(", ")],
  ];
  const shown = facts.filter(([, value]) => value !== "");
  return [
    paint(look, "yellow", `Snapshot ${descriptor.snapshot_id}`),
    ...shown.map(([name, value]) => `  ${name}: ${value}`),
  ];
}

/** Further lines stand under the first. */
function inLines(note: string): string {
  return note.trim().split(/\r?\n/).map(onOneLine).join("\n        ");
}

function describeContent({ entries, bytes, stored_bytes }: ShowReport["descriptor"]): string {
  const amount = `${formatCount(entries)} entries, ${formatSize(bytes)}`;
  return `${amount}; it added ${formatSize(stored_bytes)} to the store`;
}

function lossesPart({ descriptor: { losses } }: ShowReport): string[] {
  return losses.length === 0 ? [] : ["", "Not held faithfully:", ...lossLines(losses)];
}

function* changesPart(report: ShowReport, look: Look): Generator<string> {
  const { descriptor, counts } = report;
  const against =
    descriptor.parent_id === undefined
      ? "First snapshot"
      : `Against ${shortId(descriptor.parent_id)}`;
  const limit = look.terminal ? LINES_ON_SCREEN : Number.POSITIVE_INFINITY;
  const more = `jvs show ${shortId(descriptor.snapshot_id)} --json`;
  yield "";
  yield `${against}: ${describeCounts(counts)}`;
  yield* changeLines(report, look, { limit, more });
}
