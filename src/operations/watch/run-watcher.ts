import { JvsError } from "../../model/errors.ts";
import { openWatchDesk } from "../../repo/watch-desk.ts";
import type { Context } from "../context.ts";
import { openWorkspace } from "../open-workspace.ts";
import { AutoSnapshots } from "./auto-snapshots.ts";
import { ServerProcess } from "./server-process.ts";
import { Watcher } from "./watcher.ts";

export interface WatchOptions {
  /** Ends after so many milliseconds without a question. */
  readonly idleMs: number;
  /** Takes an automatic snapshot so often, in milliseconds. */
  readonly everyMs?: number;
  /** ... unless nothing changed. */
  readonly ifChanged: boolean;
  /** Says in one line what was done. */
  readonly say: (line: string) => void;
}

/** While a snapshot is under way its end is looked for so often. */
const SNAPSHOT_WAIT_MS = 200;

/**
 * Watches the workspaces of the repository until it is told to stop, nobody asks for long, or the
 * repository is gone. With `everyMs` it also takes snapshots of the workspace that the user stands in.
 *
 * @throws E_EXISTS when another watcher is at work; E_NO_REPOSITORY
 */
export async function runWatcher(ctx: Context, options: WatchOptions): Promise<void> {
  const { everyMs, idleMs, say } = options;
  const workspace = openWorkspace(ctx);
  const desk = openWatchDesk(workspace.repo.layout);
  if (desk === undefined)
    throw new JvsError(`Cannot watch "${workspace.repo.layout.root}": it is being watched`, {
      code: "E_EXISTS",
      hint: "Run `jvs watch status` to see by whom, `jvs watch stop` to end it",
    });
  const server = new ServerProcess(ctx, workspace.repo.layout, workspace.path);
  using watcher = new Watcher(workspace, desk, {
    server,
    pid: ctx.actor.pid,
    startedAt: ctx.now(),
    everyMs,
    idleMs: everyMs === undefined ? idleMs : undefined,
  });
  process.chdir("/"); // Whatever file system the user stood on can be unmounted.
  watcher.watch(workspace.worktree.name);
  say(`watching ${workspace.path}`);
  const snapshots = everyMs === undefined ? undefined : new AutoSnapshots(ctx, workspace, options);
  while (!watcher.isDone) {
    const wait = snapshots?.dueIn() ?? Number.POSITIVE_INFINITY;
    watcher.turn(snapshots?.isBusy === true ? SNAPSHOT_WAIT_MS : wait);
    snapshots?.turn(watcher.watch(workspace.worktree.name)?.quietSince);
    // What a snapshot printed, and that a process of ours has ended, comes by the event loop.
    if (server.tend() || snapshots?.isBusy === true)
      await new Promise((resolve) => setImmediate(resolve));
  }
  say("stopped watching");
}
