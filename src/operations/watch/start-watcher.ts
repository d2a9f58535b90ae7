import { spawn } from "node:child_process";
import { closeSync, constants, fstatSync, ftruncateSync, openSync } from "node:fs";
import { JvsError } from "../../model/errors.ts";
import type { WatcherReport } from "../../model/watcher-report.ts";
import { askForReport, askToStop, LONG_PATIENCE_MS } from "../../repo/ask-watcher.ts";
import { withFolderOf } from "../../repo/folders.ts";
import { type Layout, watchLogPath } from "../../repo/layout.ts";
import type { Context } from "../context.ts";
import { openRepository, openWorkspace, type Workspace } from "../open-workspace.ts";

/** A log that is longer begins anew. */
const LONGEST_LOG = 1 << 20;
const START_MS = 5000;
const PAUSE_MS = 5;

export interface StartedWatcher {
  readonly report: WatcherReport;
  /** It was at work already. */
  readonly wasRunning: boolean;
}

/**
 * Starts the watcher of the repository as a process of its own, unless there is one, and waits until
 * it answers.
 *
 * @param flags of `jvs watch run`
 * @throws E_NO_REPOSITORY; E_IO when it does not come up
 */
export async function startWatcher(
  ctx: Context,
  flags: readonly string[],
): Promise<StartedWatcher> {
  const { repo, path } = openWorkspace(ctx);
  const running = askForReport(repo.layout);
  if (running !== undefined) return { report: running, wasRunning: true };
  launchWatcher(ctx, { layout: repo.layout, cwd: path, flags });
  for (let waited = 0; waited < START_MS; waited += PAUSE_MS) {
    await Bun.sleep(PAUSE_MS);
    const report = askForReport(repo.layout);
    if (report !== undefined) return { report, wasRunning: false };
  }
  throw new JvsError(`Cannot watch "${path}": the watcher did not start`, {
    code: "E_IO",
    hint: `See ${watchLogPath(repo.layout)}, or try it in the foreground: jvs watch run`,
  });
}

/** A smaller workspace is walked before a watcher has answered. */
const WORTH_WATCHING = 5000;

/** Starts the watcher where the settings ask for it, it is worth it, and there is none. */
export function startWhereUseful(ctx: Context, { repo, path }: Workspace, rows: number): void {
  if (rows < WORTH_WATCHING || askForReport(repo.layout) !== undefined) return;
  launchWatcher(ctx, { layout: repo.layout, cwd: path, flags: [] });
}

/** Starts it and does not wait. It outlives us, our terminal, and our session. */
export function launchWatcher(
  { program }: Context,
  { layout, cwd, flags }: { layout: Layout; cwd: string; flags: readonly string[] },
): void {
  if (program === undefined) return;
  const [first, ...words] = program.argv;
  const log = openLog(watchLogPath(layout));
  try {
    const child = spawn(first, [...words, "watch", "run", ...flags], {
      cwd,
      env: { ...program.env, PWD: cwd },
      stdio: ["ignore", "ignore", log],
      detached: true,
    });
    // Who cannot start one does without.
    child.on("error", () => undefined);
    child.unref();
  } finally {
    closeSync(log);
  }
}

function openLog(path: string): number {
  const { O_APPEND, O_CREAT, O_NOFOLLOW, O_WRONLY } = constants;
  const fd = withFolderOf(path, () =>
    openSync(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW, 0o600),
  );
  if (fstatSync(fd).size > LONGEST_LOG) ftruncateSync(fd);
  return fd;
}

/** Ends the watcher; false when there was none. */
export function stopWatcher(ctx: Context): boolean {
  return askToStop(openRepository(ctx).repo.layout);
}

/** What the watcher is doing; null when there is none. */
export function readWatcher(ctx: Context): WatcherReport | null {
  return askForReport(openRepository(ctx).repo.layout, LONG_PATIENCE_MS) ?? null;
}
