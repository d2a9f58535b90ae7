import type { Loss } from "../../../model/entry.ts";
import { JvsError } from "../../../model/errors.ts";
import { inWords } from "../../../model/raw-path.ts";
import { removeWorktree } from "../../../operations/remove-worktree.ts";
import { AdvisedError } from "../../advised-error.ts";
import { type Command, defineCommand } from "../../command.ts";
import { lossLines } from "../../render/losses.ts";
import { countOf } from "../../render/numbers.ts";
import { safetyLine } from "../../render/safety-line.ts";

/** `jvs worktree remove`. */
export const removeCommand: Command = defineCommand({
  usage: "<name>",
  about: `Removes a worktree and its folder. Its snapshots stay, and what is not saved yet goes into a
safety snapshot first, so that "jvs undo" brings all of it back. Only what ignore rules keep
out of snapshots is gone for good. Refused while you, or another program, stand in it or have
a file in it open for writing. What --force gives up because no snapshot can hold it is named,
with exit status 3, and named again by "jvs undo".

Undo brings it back with its whole history for 7 days, and for longer as long as nothing else was
done here since; after that "jvs gc" may remove what only it had, but for what is tagged or pinned.`,
  words: { min: 1, max: 1 },
  flags: {
    force: {
      type: "boolean",
      short: "f",
      about: "Also when it is detached, in use by others, or cannot be kept whole",
    },
  },
  examples: [
    { command: "jvs worktree remove try-1", does: "away with it" },
    { command: "jvs undo", does: "back with it, unsaved work included" },
  ],

  async run({ positionals: [name = ""], flags: { force } }, ctx) {
    try {
      return await removeWorktree(ctx, { name, force });
    } catch (error) {
      throw adviseDetached(error);
    }
  },

  render({ removed, safety_snapshot, lost }) {
    const but = lost.length === 0 ? "" : ", but for what is gone";
    return [`Removed worktree '${removed}'`, ...safetyLine(safety_snapshot, "jvs undo", but)].join(
      "\n",
    );
  },

  review: ({ ignored, lost, left }) => ({
    warning: [...goneLines(lost), ...ignoredLines(ignored), ...leftLines(left)].join("\n"),
    partial: lost.length > 0,
  }),
});

function goneLines(lost: readonly Loss[]): string[] {
  if (lost.length === 0) return [];
  const what = countOf(lost.length, "path is", "paths are");
  return [`jvs: warning: ${what} gone for good, no snapshot holds it:`, ...lossLines(lost)];
}

function ignoredLines(ignored: number): string[] {
  if (ignored === 0) return [];
  const what = countOf(ignored, "ignored path");
  return [`jvs: warning: ${what} went with it, which no snapshot holds`];
}

function leftLines(left: string | null): string[] {
  if (left === null) return [];
  return [
    `jvs: warning: the system would not remove all of its folder; the rest is "${inWords({ path: left })}"`,
  ];
}

/** Says where the worktree stands, in the words that users know. */
function adviseDetached(error: unknown): unknown {
  if (!(error instanceof JvsError) || error.code !== "E_DETACHED") return error;
  const { name, head, latest } = error.details;
  const lines = [
    "",
    `Current position: ${head}`,
    `Latest snapshot: ${latest}`,
    "",
    `To remove anyway, use: jvs worktree remove --force ${name}`,
  ];
  return new AdvisedError(error, lines.join("\n"));
}
