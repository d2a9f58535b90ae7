import type { Command, VerbEntry } from "./command.ts";

/** The parts of `jvs help`, in its order. */
export const PURPOSES = [
  "Start",
  "Save and compare",
  "Go back",
  "Work side by side",
  "Look inside a snapshot",
  "Look after the repository",
  "About",
] as const;

/** A line of the command table. The command itself is loaded when it runs. */
export interface CommandEntry {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly purpose: (typeof PURPOSES)[number];
  /** One imperative line, no full stop. */
  readonly summary: string;
  /** Absent for `help` and `version`, which are run.ts's own. */
  readonly load?: () => Promise<Command>;
  /** For a noun (`jvs worktree create`): its verbs. Then `load` is what runs when flags alone follow. */
  readonly loadVerbs?: () => Promise<readonly VerbEntry[]>;
}

/** Every command, in the order `jvs help` shows them. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: "init",
    aliases: [],
    purpose: "Start",
    summary: "Start versioning a folder: this one, or a new one",
    load: async () => (await import("./commands/init.ts")).initCommand,
  },
  {
    name: "snapshot",
    aliases: [],
    purpose: "Save and compare",
    summary: "Save the whole workspace as it is now",
    load: async () => (await import("./commands/snapshot.ts")).snapshotCommand,
  },
  {
    name: "status",
    aliases: ["st"],
    purpose: "Save and compare",
    summary: "Show what changed since the last snapshot",
    load: async () => (await import("./commands/status.ts")).statusCommand,
  },
  {
    name: "history",
    aliases: ["log"],
    purpose: "Save and compare",
    summary: "List the snapshots, the newest first",
    load: async () => (await import("./commands/history.ts")).historyCommand,
  },
  {
    name: "diff",
    aliases: [],
    purpose: "Save and compare",
    summary: "Compare two snapshots, or one with the workspace",
    load: async () => (await import("./commands/diff.ts")).diffCommand,
  },
  {
    name: "restore",
    aliases: [],
    purpose: "Go back",
    summary: "Put the workspace, or some paths, back to a snapshot",
    load: async () => (await import("./commands/restore.ts")).restoreCommand,
  },
  {
    name: "undo",
    aliases: [],
    purpose: "Go back",
    summary: "Take back the last operation",
    load: async () => (await import("./commands/undo.ts")).undoCommand,
  },
  {
    name: "redo",
    aliases: [],
    purpose: "Go back",
    summary: "Do again what undo took back",
    load: async () => (await import("./commands/redo.ts")).redoCommand,
  },
  {
    name: "operations",
    aliases: ["ops"],
    purpose: "Go back",
    summary: "List what was done here, and what undo would take back",
    load: async () => (await import("./commands/operations.ts")).operationsCommand,
  },
  {
    name: "worktree",
    aliases: ["wt"],
    purpose: "Work side by side",
    summary: "Make, list, rename and remove workspaces beside this one",
    loadVerbs: async () => (await import("./commands/worktree/worktree-verbs.ts")).WORKTREE_VERBS,
  },
  {
    name: "fork",
    aliases: [],
    purpose: "Work side by side",
    summary: "Make another workspace from a snapshot (jvs worktree fork)",
    load: async () => (await import("./commands/worktree/fork.ts")).forkCommand,
  },
  {
    name: "compare",
    aliases: [],
    purpose: "Work side by side",
    summary: "Show which worktrees touched which paths, and where they overlap",
    load: async () => (await import("./commands/compare.ts")).compareCommand,
  },
  {
    name: "show",
    aliases: [],
    purpose: "Look inside a snapshot",
    summary: "Show one snapshot and what it changed",
    load: async () => (await import("./commands/show.ts")).showCommand,
  },
  {
    name: "ls",
    aliases: [],
    purpose: "Look inside a snapshot",
    summary: "List the files of a snapshot",
    load: async () => (await import("./commands/ls.ts")).lsCommand,
  },
  {
    name: "cat",
    aliases: [],
    purpose: "Look inside a snapshot",
    summary: "Print a file as a snapshot holds it",
    load: async () => (await import("./commands/cat.ts")).catCommand,
  },
  {
    name: "export",
    aliases: [],
    purpose: "Look inside a snapshot",
    summary: "Write a snapshot to a new folder or a tar file",
    load: async () => (await import("./commands/export.ts")).exportCommand,
  },
  {
    name: "view",
    aliases: [],
    purpose: "Look inside a snapshot",
    summary: "Print the path of a read-only folder that holds a snapshot",
    load: async () => (await import("./commands/view.ts")).viewCommand,
  },
  {
    name: "verify",
    aliases: [],
    purpose: "Look after the repository",
    summary: "Read and hash what the snapshots hold, and name what is damaged",
    load: async () => (await import("./commands/verify.ts")).verifyCommand,
  },
  {
    name: "doctor",
    aliases: [],
    purpose: "Look after the repository",
    summary: "Examine the repository, and repair what can be repaired",
    load: async () => (await import("./commands/doctor.ts")).doctorCommand,
  },
  {
    name: "seal",
    aliases: [],
    purpose: "Look after the repository",
    summary: "Read and hash what snapshots left for later",
    load: async () => (await import("./commands/seal.ts")).sealCommand,
  },
  {
    name: "du",
    aliases: [],
    purpose: "Look after the repository",
    summary: "Show how much of the store each snapshot uses alone",
    load: async () => (await import("./commands/du.ts")).duCommand,
  },
  {
    name: "pin",
    aliases: [],
    purpose: "Look after the repository",
    summary: "Keep snapshots from gc, for a time or for good",
    loadVerbs: async () => (await import("./commands/pin/pin-verbs.ts")).pinVerbs,
  },
  {
    name: "tag",
    aliases: [],
    purpose: "Look after the repository",
    summary: "Add tags to a snapshot, or take them off",
    loadVerbs: async () => (await import("./commands/tag/tag-verbs.ts")).tagVerbs,
  },
  {
    name: "note",
    aliases: [],
    purpose: "Look after the repository",
    summary: "Change the note of a snapshot",
    loadVerbs: async () => (await import("./commands/note/note-verbs.ts")).noteVerbs,
  },
  {
    name: "gc",
    aliases: [],
    purpose: "Look after the repository",
    summary: "Remove what no rule keeps, and free its space",
    load: async () => (await import("./commands/gc/gc.ts")).gcCommand,
    loadVerbs: async () => (await import("./commands/gc/gc.ts")).gcVerbs,
  },
  {
    name: "watch",
    aliases: [],
    purpose: "Look after the repository",
    summary: "Keep account of what changes, so that commands need not look",
    loadVerbs: async () => (await import("./commands/watch/watch-verbs.ts")).WATCH_VERBS,
  },
  {
    name: "upgrade",
    aliases: [],
    purpose: "Look after the repository",
    summary: "Bring a repository of an older jvs up to date",
    load: async () => (await import("./commands/upgrade.ts")).upgradeCommand,
  },
  {
    name: "config",
    aliases: [],
    purpose: "About",
    summary: "Show and change settings, of this repository or of all",
    loadVerbs: async () => (await import("./commands/config/config-verbs.ts")).CONFIG_VERBS,
  },
  {
    name: "completion",
    aliases: [],
    purpose: "About",
    summary: "Print the script that completes words in your shell",
    load: async () => (await import("./commands/completion.ts")).completionCommand,
  },
  {
    name: "info",
    aliases: [],
    purpose: "About",
    summary: "Show facts about this repository",
    load: async () => (await import("./commands/info.ts")).infoCommand,
  },
  {
    name: "help",
    aliases: [],
    purpose: "About",
    summary: "Show how a command is used",
  },
  {
    name: "version",
    aliases: [],
    purpose: "About",
    summary: "Print the version of jvs",
  },
];

/** The command of that name or alias. */
export function findCommand(name: string): CommandEntry | undefined {
  return findByName(COMMANDS, name);
}

/** The one of `entries` that has the name or alias. */
export function findByName<E extends Pick<CommandEntry, "name" | "aliases">>(
  entries: readonly E[],
  name: string,
): E | undefined {
  return entries.find((entry) => entry.name === name || entry.aliases.includes(name));
}

/** A noun with its verbs, once they are loaded. */
export interface Noun {
  readonly entry: CommandEntry;
  readonly verbs: readonly VerbEntry[];
}

/** A verb of a noun as a command of its own: `worktree create`. */
export function entryOfVerb(
  { name, aliases, purpose }: CommandEntry,
  verb: VerbEntry,
): CommandEntry {
  const ways = [name, ...aliases].flatMap((noun) =>
    [verb.name, ...verb.aliases].map((word) => `${noun} ${word}`),
  );
  return { ...verb, name: `${name} ${verb.name}`, aliases: ways.slice(1), purpose };
}
