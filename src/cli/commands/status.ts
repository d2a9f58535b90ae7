import { changesOfType } from "../../model/change.ts";
import { inWords } from "../../model/raw-path.ts";
import type { StatusReport } from "../../model/reports.ts";
import { shortId } from "../../model/snapshot.ts";
import { readStatus } from "../../operations/read-status.ts";
import { type Command, defineCommand } from "../command.ts";
import type { Look } from "../io.ts";
import { changeLines, describeCounts } from "../render/changes.ts";
import { lossLines } from "../render/losses.ts";
import { countOf, formatSize } from "../render/numbers.ts";
import { nameSnapshot } from "../render/snapshots.ts";
import { paint } from "../terminal.ts";

/** How many lines a kind of change takes on a terminal. */
const LINES_ON_SCREEN = 50;

/** `jvs status`. */
export const statusCommand: Command = defineCommand({
  usage: "",
  about: `Compares the workspace with the snapshot it stands on. One line a path, and a sign for what
happened to it: + new, - gone, ~ other content, > renamed, = same content but another
mode, time or owner.`,
  words: { min: 0, max: 0, ignoresExtra: true },
  flags: {
    all: { type: "boolean", about: "List every path, also when there are many" },
  },
  examples: [
    { command: "jvs status", does: "what a snapshot would save now" },
    { command: "jvs status --json | jq .counts", does: "the same for a script" },
  ],

  async run(_args, ctx) {
    return readStatus(ctx);
  },

  *render(report, look, { flags: { all } }) {
    const limit = look.terminal && !all ? LINES_ON_SCREEN : Number.POSITIVE_INFINITY;
    yield* headLines(report);
    yield* changesPart(report, look, limit);
    yield* lossesPart(report);
    if (!look.quiet) yield hint(report, look);
  },
});

function headLines({
  head,
  workspace,
  detached,
  latest_snapshot_id,
  clean,
}: StatusReport): string[] {
  if (head === null) return [`Workspace ${inWords({ path: workspace })}: no snapshot yet`];
  const name = nameSnapshot(head);
  const lines = [
    clean
      ? `Nothing to snapshot: the workspace is as in ${name}`
      : `Workspace ${inWords({ path: workspace })} against ${name}`,
  ];
  if (detached && latest_snapshot_id !== null)
    lines.push(`Detached: there is a newer snapshot, ${shortId(latest_snapshot_id)}`);
  return lines;
}

function* changesPart(report: StatusReport, look: Look, limit: number): Generator<string> {
  const { clean, head, changes, counts, ignored } = report;
  const aside = ignored > 0 ? [`${countOf(ignored, "path")} ignored`] : [];
  if ((clean && head !== null) || changes.length === 0) {
    if (!clean || head === null) yield "It is empty.";
    yield* aside;
    return;
  }
  const more = "jvs status --all / --json";
  yield "";
  yield* changeLines(report, look, { limit, more });
  yield "";
  yield [describeCounts(counts), describeBytes(report), ...aside].filter(Boolean).join("; ");
}

/** How much content a snapshot would have to store, at most. */
function describeBytes({ changes }: StatusReport): string {
  let bytes = 0;
  for (const type of ["added", "modified"] as const)
    for (const { kind, size = 0 } of changesOfType(changes, type))
      if (kind === "file") bytes += size;
  return bytes === 0 ? "" : `${formatSize(bytes)} of new content`;
}

function lossesPart({ losses }: StatusReport): string[] {
  if (losses.length === 0) return [];
  return ["", "A snapshot would not hold faithfully:", ...lossLines(losses)];
}

function hint({ head, clean, detached, changes }: StatusReport, look: Look): string {
  return paint(look, "dim", `Next: ${nextStep()}`);

  function nextStep(): string {
    if (head === null)
      return changes.length === 0 ? "add files, then jvs snapshot" : 'jvs snapshot "first"';
    if (detached) return "jvs restore HEAD goes back to the newest snapshot";
    if (clean) return "jvs history lists what there is to go back to";
    return 'jvs snapshot "what changed" saves this, jvs diff --patch shows it, jvs restore HEAD drops it';
  }
}
