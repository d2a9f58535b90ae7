import { inWords } from "../../model/raw-path.ts";
import { exportSnapshot } from "../../operations/export-snapshot.ts";
import { type Command, defineCommand } from "../command.ts";
import { reviewIssues } from "../render/losses.ts";
import { formatCount, formatSize } from "../render/numbers.ts";

/** `jvs export`. */
export const exportCommand: Command = defineCommand({
  usage: "<ref> <folder|file.tar>",
  about: `Writes a whole snapshot to a new place: a folder, or a tar file when the name ends in .tar. What is
there already is never written over; an empty folder may be there.`,
  words: { min: 2, max: 2 },
  flags: {},
  examples: [
    { command: "jvs export HEAD ../handover", does: "a plain copy in a new folder" },
    { command: "jvs export v1.0 /tmp/v1.tar", does: "one file to send to somebody" },
  ],

  async run({ positionals: [ref = "", target = ""] }, ctx) {
    return exportSnapshot(ctx, { ref, target });
  },

  render({ snapshot_id, target, format, entries, bytes }) {
    const amount = `${formatCount(entries)} entries, ${formatSize(bytes)}`;
    return `Exported snapshot ${snapshot_id} to ${inWords({ path: target })} (${format}, ${amount})`;
  },

  review: ({ issues }) => reviewIssues(issues),
});
