import { existsSync } from "node:fs";
import { makeSandbox, type Sandbox } from "./sandbox.ts";

/** What `jvs watch status --json` prints. */
export interface Report {
  readonly pid: number;
  readonly server_pid: number | null;
  readonly workspaces: readonly {
    readonly worktree: string;
    readonly state: string;
    readonly why: string;
    readonly touched: number;
    readonly held: number;
  }[];
}

/** A repository with a snapshot, that is watched; the watcher ends with the test. */
export interface Watched extends AsyncDisposable {
  readonly box: Sandbox;
  report(folder?: string): Promise<Report | null>;
  /** Until all its workspaces are ready, or what else is waited for. */
  until(isSo: (report: Report) => boolean): Promise<Report>;
  changed(folder?: string): Promise<string[]>;
}

/** Sixty files in six folders. */
export const FILES: Readonly<Record<string, string>> = Object.fromEntries(
  Array.from({ length: 60 }, (_, index) => [`w/d${index % 6}/f${index}`, `${index}`]),
);

export async function makeWatched(flags: readonly string[] = []): Promise<Watched> {
  const box = makeSandbox(FILES);
  await box.jvs("w", "init");
  await box.jvs("w", "snapshot", "first");
  const watched: Watched = {
    box,
    report: (folder = "w") => box.json<Report | null>(folder, "watch", "status"),
    async until(isSo) {
      for (let tries = 0; tries < 1000; tries++) {
        const report = await watched.report();
        if (report !== null && isSo(report)) return report;
        await Bun.sleep(10);
      }
      throw new Error(`waited in vain: ${JSON.stringify(await watched.report())}`);
    },
    async changed(folder = "w") {
      const { changes } = await box.json<{ changes: { path: string }[] }>(folder, "status");
      return changes.map(({ path }) => path).sort();
    },
    async [Symbol.asyncDispose]() {
      if (existsSync(box.path("w/.jvs"))) await box.jvs("w", "watch", "stop");
      await box[Symbol.asyncDispose]();
    },
  };
  await box.ok("w", "watch", "start", ...flags);
  await watched.until(isReady);
  return watched;
}

/** Whether all workspaces are watched. */
export function isReady({ workspaces }: Report): boolean {
  return workspaces.length > 0 && workspaces.every(({ state }) => state === "ready");
}
