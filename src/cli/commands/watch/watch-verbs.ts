import { parseSpan } from "../../../model/amounts.ts";
import type { WatcherReport } from "../../../model/watcher-report.ts";
import { type Command, defineCommand, type VerbEntry } from "../../command.ts";
import type { Flags } from "../../flags.ts";
import { formatCount } from "../../render/numbers.ts";
import { onOneLine } from "../../terminal.ts";
import { UsageError } from "../../usage-error.ts";

const ABOUT = `The watcher keeps the set of changed paths of each workspace, by the kernel's events, so that
snapshot, status, diff and restore look at these alone. There is one for a repository. Whenever it
is in doubt (events were lost, a limit is reached, it was just started) everything is looked at as
without it, and so it is every 15 minutes. What no watcher can see stands in docs/watching.md.`;

const FLAGS = {
  idle: {
    type: "string",
    value: "time",
    about: "End after so long without a command, as 2h; 30m unless given",
  },
  every: {
    type: "string",
    value: "time",
    about: "Take an automatic snapshot of this workspace so often, as 10m",
  },
  "if-changed": { type: "boolean", about: "With --every: none when nothing changed" },
} as const satisfies Flags;

const DEFAULT_IDLE = "30m";

const startCommand: Command = defineCommand({
  usage: "",
  about: `Starts the watcher as a process of its own, which writes to .jvs/cache/watch.log.\n${ABOUT}

\`jvs config set watch auto\` starts it by itself, where a workspace has 5,000 files or more.`,
  words: { min: 0, max: 0 },
  flags: FLAGS,
  examples: [
    { command: "jvs watch start", does: "make the next commands fast" },
    { command: "jvs watch start --every 10m --if-changed", does: "and never lose more than that" },
  ],

  async run({ flags }, ctx) {
    readTimes(flags);
    const { startWatcher } = await import("../../../operations/watch/start-watcher.ts");
    return startWatcher(ctx, wordsOf(flags));
  },
  render: ({ report, wasRunning }) =>
    `${wasRunning ? "Already watching" : "Watching"} (process ${report.pid})`,
  toJson: ({ report, wasRunning }) => ({ ...report, was_running: wasRunning }),
});

const runCommand: Command = defineCommand({
  usage: "",
  about: `Watches in the foreground and says on stderr what it does. Ctrl-C ends it.\n${ABOUT}`,
  words: { min: 0, max: 0 },
  flags: FLAGS,
  examples: [
    { command: "jvs watch run", does: "watch until Ctrl-C" },
    { command: "jvs watch run --every 1h", does: "a snapshot every hour" },
  ],

  async run({ flags }, ctx, io) {
    const { runWatcher } = await import("../../../operations/watch/run-watcher.ts");
    await runWatcher(ctx, {
      ...readTimes(flags),
      ifChanged: flags["if-changed"],
      say: (line) => io.err(`${io.now().toISOString()} ${line}\n`),
    });
    return {};
  },
  render: () => "",
});

const stopCommand: Command = defineCommand({
  usage: "",
  about: "Ends the watcher of this repository. Everything works without it, as before.",
  words: { min: 0, max: 0 },
  flags: {},
  examples: [
    { command: "jvs watch stop", does: "end it" },
    { command: "jvs watch stop --json", does: 'and say whether there was one: "stopped"' },
  ],

  async run(_args, ctx) {
    const { stopWatcher } = await import("../../../operations/watch/start-watcher.ts");
    return { stopped: stopWatcher(ctx) };
  },
  render: ({ stopped }) => (stopped ? "Stopped watching" : "Nothing was watching"),
});

const statusCommand: Command = defineCommand({
  usage: "",
  about: `Shows whether this repository is watched, and each workspace that is: how many folders have a
watch, how many paths were touched since the last command, and how many files are open, and so
looked at every time.`,
  words: { min: 0, max: 0 },
  flags: {},
  examples: [
    { command: "jvs watch status", does: "see whether commands are spared the walk" },
    { command: "jvs watch status --json | jq .pid", does: "the process, for a script" },
  ],

  async run(_args, ctx) {
    const { readWatcher } = await import("../../../operations/watch/start-watcher.ts");
    return { report: readWatcher(ctx) };
  },
  render: ({ report }) => (report === null ? "Not watching" : renderReport(report)),
  toJson: ({ report }) => report,
});

/** The verbs of `jvs watch`. */
export const WATCH_VERBS: readonly VerbEntry[] = [
  {
    name: "start",
    aliases: [],
    summary: "Watch in the background",
    load: async () => startCommand,
  },
  { name: "stop", aliases: [], summary: "Stop watching", load: async () => stopCommand },
  { name: "status", aliases: [], summary: "Show what is watched", load: async () => statusCommand },
  { name: "run", aliases: [], summary: "Watch in the foreground", load: async () => runCommand },
];

interface TimeFlags {
  readonly idle: string | undefined;
  readonly every: string | undefined;
  readonly "if-changed": boolean;
}

function readTimes({ idle = DEFAULT_IDLE, every, "if-changed": ifChanged }: TimeFlags): {
  idleMs: number;
  everyMs?: number;
} {
  if (ifChanged && every === undefined) throw new UsageError("--if-changed needs --every");
  const idleMs = readSpan("idle", idle);
  return { idleMs, ...(every === undefined ? {} : { everyMs: readSpan("every", every) }) };
}

function readSpan(flag: string, text: string): number {
  const span = parseSpan(text);
  if (span !== undefined && span > 0) return span;
  throw new UsageError(`--${flag} "${text}" is no time`, "Times are like 30s, 10m, 2h or 1d");
}

function wordsOf({ idle, every, "if-changed": ifChanged }: TimeFlags): string[] {
  return [
    ...(idle === undefined ? [] : ["--idle", idle]),
    ...(every === undefined ? [] : ["--every", every]),
    ...(ifChanged ? ["--if-changed"] : []),
  ];
}

function renderReport({ pid, since, server_pid, workspaces }: WatcherReport): string {
  const lines = workspaces.map(({ worktree, path, state, why, folders, touched, held }) => {
    const counts = `${formatCount(folders)} folders, ${formatCount(touched)} touched, ${formatCount(held)} open`;
    const words = { ready: counts, starting: "starting", off: `off: ${why}` }[state];
    return `  ${worktree}  ${onOneLine(path)}  ${words}`;
  });
  const server = server_pid === null ? [] : [`  commands are carried out by process ${server_pid}`];
  return [`Watching since ${since} (process ${pid})`, ...server, ...lines].join("\n");
}
