import type { HistoryReport } from "../../model/reports.ts";
import { type Descriptor, shortId } from "../../model/snapshot.ts";
import { listHistory } from "../../operations/list-history.ts";
import { type Command, defineCommand } from "../command.ts";
import type { Look } from "../io.ts";
import { noteLine, toSnapshotObject } from "../render/snapshots.ts";
import { formatMinute } from "../render/times.ts";
import { paint } from "../terminal.ts";

const KINDS = ["manual", "auto", "safety", "all"] as const;

/** `jvs history`. */
export const historyCommand: Command = defineCommand({
  usage: "",
  about: `Follows the snapshots from where the workspace stands back to the first. Times are UTC. What
stands first on a line is enough to name the snapshot in other commands.`,
  words: { min: 0, max: 0, ignoresExtra: true },
  flags: {
    limit: { type: "number", short: "n", value: "N", about: "Show at most N (0: all)" },
    grep: { type: "string", short: "g", value: "text", about: "Only notes that contain the text" },
    tag: { type: "string", value: "tag", about: "Only snapshots with this tag" },
    all: { type: "boolean", about: "Every snapshot of the repository, from all workspaces" },
    kind: {
      type: "string",
      choices: KINDS,
      about: "Made by hand (manual, the default), by a program, before a restore, or all",
    },
  },
  examples: [
    { command: "jvs history -n 5", does: "the last five" },
    { command: "jvs history --grep rewrite", does: "those with a word in the note" },
    { command: "jvs history --kind safety", does: "what restore set aside" },
  ],

  async run({ flags: { limit = 0, grep, tag, all, kind } }, ctx) {
    return listHistory(ctx, {
      limit,
      all,
      ...(grep === undefined ? {} : { grep }),
      ...(tag === undefined ? {} : { tag }),
      ...(kind === undefined ? {} : { kind: kind as (typeof KINDS)[number] }),
    });
  },

  render(report, look, { flags: { all } }) {
    if (report.total === 0) return "No snapshots yet.";
    if (report.snapshots.length === 0) return "No snapshots found.";
    return report.snapshots
      .flatMap((snapshot) => linesFor(snapshot, { report, look, all }))
      .join("\n");
  },

  toJson: ({ snapshots }) => snapshots.map(toSnapshotObject),

  review: ({ warnings }) => ({
    warning: warnings.map((warning) => `jvs: warning: ${warning}`).join("\n"),
    partial: false,
  }),
});

interface Setting {
  readonly report: HistoryReport;
  readonly look: Look;
  readonly all: boolean;
}

function linesFor(snapshot: Descriptor, { report, look, all }: Setting): string[] {
  const { snapshot_id: id, created_at, tags = [], kind } = snapshot;
  const fields = [
    paint(look, "yellow", shortId(id)),
    formatMinute(created_at),
    noteLine(snapshot.note) || "(no note)",
  ];
  if (tags.length > 0) fields.push(paint(look, "cyan", `[${tags.join(",")}]`));
  if (snapshot.integrity_state === "pending") fields.push(paint(look, "yellow", "(pending)"));
  if (kind !== "manual") fields.push(`(${kind})`);
  if (id === report.latest && !all) fields.push(paint(look, "green", "[HEAD]"));
  return [fields.join("  "), ...marker(id === report.head, { report, look, all })];
}

/** The line under the snapshot that the workspace stands on. */
function marker(isHead: boolean, { report, look, all }: Setting): string[] {
  if (!isHead || (all && !report.detached)) return [];
  return [paint(look, "green", `◄── you are here (${report.detached ? "detached" : "HEAD"})`)];
}
