import { findWorktreePath } from "../../../operations/worktree-path.ts";
import { type Command, defineCommand } from "../../command.ts";

/** `jvs worktree path`. */
export const pathCommand: Command = defineCommand({
  usage: "[name]",
  about:
    "Prints the folder of a worktree, and nothing else. Without a name: of the one you are in.",
  words: { min: 0, max: 1 },
  flags: {},
  examples: [
    { command: 'cd "$(jvs worktree path try-1)"', does: "go to a fork" },
    { command: 'cd "$(jvs worktree path)"', does: "go to the top of this workspace" },
  ],

  async run({ positionals: [name] }, ctx) {
    return findWorktreePath(ctx, name);
  },

  isRaw: true,
  render: ({ path }) => path,
});
