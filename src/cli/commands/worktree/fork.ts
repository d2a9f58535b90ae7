import { forkWorktree } from "../../../operations/fork-worktree.ts";
import { type Command, defineCommand } from "../../command.ts";
import { madeLines, reviewMade, toWorktreeObject } from "../../render/worktrees.ts";

/** `jvs worktree fork`, and `jvs fork`. */
export const forkCommand: Command = defineCommand({
  usage: "[ref] [name]",
  about: `Makes a new workspace that starts as a snapshot and has its own history from there on: try
something in it, or let somebody else, and compare ("jvs compare"). Your files stay as they are.

One word is a snapshot if it names one, and else the name of the fork, from HEAD; stderr says
how it was read. --from and --name leave no doubt. Without a name it is fork-<id>.`,
  words: { min: 0, max: 2 },
  flags: {
    from: { type: "string", value: "ref", about: "The snapshot to start from (HEAD unless given)" },
    name: { type: "string", value: "name", about: "What the fork is called" },
    path: {
      type: "string",
      value: "folder",
      about: "Where to put it: a new folder on the same file system",
    },
  },
  examples: [
    { command: "jvs fork try-1", does: "a second workspace that starts as HEAD" },
    { command: "jvs worktree fork v1.0 hotfix", does: "one that starts as an older snapshot" },
    { command: "jvs fork --name ui --path ../ui", does: "one in a folder next to this" },
    { command: 'cd "$(jvs worktree path try-1)"', does: "go there" },
  ],

  async run({ positionals: words, flags: { from, name, path } }, ctx) {
    return forkWorktree(ctx, {
      words,
      ...(from === undefined ? {} : { from }),
      ...(name === undefined ? {} : { name }),
      ...(path === undefined ? {} : { path }),
    });
  },

  render: (report) =>
    [...madeLines(report), "Worktree is at HEAD state - you can create snapshots."].join("\n"),

  toJson: ({ worktree, path, issues }) => toWorktreeObject(worktree, { path, issues }),
  review: reviewMade,
});
