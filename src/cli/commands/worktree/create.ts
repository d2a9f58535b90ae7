import { createWorktree } from "../../../operations/create-worktree.ts";
import { type Command, defineCommand } from "../../command.ts";
import { madeLines, reviewMade, toWorktreeObject } from "../../render/worktrees.ts";

/** `jvs worktree create`. */
export const createCommand: Command = defineCommand({
  usage: "<name>",
  about: `Makes an empty workspace without history, or with --from one that starts as a snapshot, like
"jvs worktree fork". Works from anywhere in the repository.`,
  words: { min: 1, max: 1 },
  flags: {
    from: { type: "string", value: "ref", about: "Start with the content of this snapshot" },
    path: {
      type: "string",
      value: "folder",
      about: "Where to put it: a new folder on the same file system",
    },
  },
  examples: [
    { command: "jvs worktree create scratch", does: "an empty workspace" },
    { command: "jvs worktree create old --from v1.0", does: "a look at how it was" },
  ],

  async run({ positionals: [name = ""], flags: { from, path } }, ctx) {
    return createWorktree(ctx, {
      name,
      ...(from === undefined ? {} : { from }),
      ...(path === undefined ? {} : { path }),
    });
  },

  render: (report) => madeLines(report).join("\n"),
  toJson: ({ worktree, path, issues }) => toWorktreeObject(worktree, { path, issues }),
  review: reviewMade,
});
