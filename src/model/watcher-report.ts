/** What the watcher is doing. */
export interface WatcherReport {
  readonly pid: number;
  readonly since: string;
  /** Takes automatic snapshots so often, in milliseconds. */
  readonly every_ms: number | null;
  readonly idle_ms: number | null;
  /** The process that carries out commands; null where there is none. */
  readonly server_pid: number | null;
  readonly workspaces: readonly WatchedWorkspace[];
}

export interface WatchedWorkspace {
  readonly worktree: string;
  readonly path: string;
  readonly state: "starting" | "ready" | "off";
  readonly why: string;
  readonly folders: number;
  readonly touched: number;
  readonly held: number;
}
