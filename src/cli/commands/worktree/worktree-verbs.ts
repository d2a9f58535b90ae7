import type { VerbEntry } from "../../command.ts";

/** What can follow `jvs worktree`. */
export const WORKTREE_VERBS: readonly VerbEntry[] = [
  {
    name: "fork",
    aliases: [],
    summary: "Make another workspace from a snapshot, to work on beside this one",
    load: async () => (await import("./fork.ts")).forkCommand,
  },
  {
    name: "list",
    aliases: ["ls"],
    summary: "List the worktrees: where they stand, what is unsaved, how large they are",
    load: async () => (await import("./list.ts")).listCommand,
  },
  {
    name: "path",
    aliases: [],
    summary: "Print where a worktree is",
    load: async () => (await import("./path.ts")).pathCommand,
  },
  {
    name: "create",
    aliases: [],
    summary: "Make an empty worktree, or one with the content of a snapshot",
    load: async () => (await import("./create.ts")).createCommand,
  },
  {
    name: "rename",
    aliases: ["mv"],
    summary: "Give a worktree another name, and its folder too",
    load: async () => (await import("./rename.ts")).renameCommand,
  },
  {
    name: "remove",
    aliases: ["rm"],
    summary: "Remove a worktree; jvs undo brings it back",
    load: async () => (await import("./remove.ts")).removeCommand,
  },
];
