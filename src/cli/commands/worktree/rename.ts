import { renameWorktree } from "../../../operations/rename-worktree.ts";
import { type Command, defineCommand } from "../../command.ts";
import { toWorktreeObject } from "../../render/worktrees.ts";

/** `jvs worktree rename`. */
export const renameCommand: Command = defineCommand({
  usage: "<old> <new>",
  about: `Gives a worktree another name and moves its folder accordingly. Its snapshots keep the name
under which they were taken. The main worktree keeps its name.`,
  words: { min: 2, max: 2 },
  flags: {},
  examples: [
    { command: "jvs worktree rename fork-1a2b3c4d parser", does: "a name that says something" },
    { command: "jvs undo", does: "call it as before" },
  ],

  async run({ positionals: [from = "", to = ""] }, ctx) {
    return renameWorktree(ctx, { from, to });
  },

  render: ({ from, worktree }) => `Renamed worktree '${from}' to '${worktree.name}'`,
  toJson: ({ worktree, path }) => toWorktreeObject(worktree, { path }),
});
