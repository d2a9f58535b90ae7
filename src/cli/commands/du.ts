import type { SnapshotUsage } from "../../model/gc-reports.ts";
import { shortId } from "../../model/snapshot.ts";
import { type Command, defineCommand } from "../command.ts";
import { formatSize } from "../render/numbers.ts";
import { noteLine } from "../render/snapshots.ts";
import { formatMinute } from "../render/times.ts";

/** `jvs du`. */
export const duCommand: Command = defineCommand({
  usage: "[ref...]",
  about: `Shows for each snapshot how much of the store only it uses: what removing it alone would free.
What several snapshots share is counted once, below.`,
  words: { min: 0, max: Number.POSITIVE_INFINITY },
  flags: {},
  examples: [
    { command: "jvs du", does: "which snapshots are worth removing" },
    { command: "jvs du v1.0 HEAD", does: "two of them" },
  ],

  async run({ positionals: refs }, ctx) {
    const { measureUsage } = await import("../../operations/measure-usage.ts");
    return measureUsage(ctx, refs);
  },

  render: ({ snapshots, shared_bytes, garbage_bytes, stored_bytes }) =>
    [
      ...snapshots.map(lineFor),
      `${pad(shared_bytes)}  shared by several snapshots`,
      `${pad(garbage_bytes)}  used by none (jvs gc --now removes it)`,
      `${pad(stored_bytes)}  in all, with indexes`,
    ].join("\n"),
});

function lineFor({ snapshot_id: id, created_at, note, only_bytes }: SnapshotUsage): string {
  const words = noteLine(note);
  return `${pad(only_bytes)}  ${shortId(id)}  ${formatMinute(created_at)}${words && `  ${words}`}`;
}

function pad(bytes: number): string {
  return formatSize(bytes).padStart(8);
}
