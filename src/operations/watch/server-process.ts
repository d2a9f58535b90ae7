import { type ChildProcess, spawn } from "node:child_process";
import { isAtWork } from "../../repo/is-at-work.ts";
import type { Layout } from "../../repo/layout.ts";
import { hasServer } from "../../repo/server-socket.ts";
import { stopServer } from "../../repo/stop-server.ts";
import type { Context } from "../context.ts";

/** The word that makes the program a server, see runServer. */
export const SERVE = "__serve";

/** One that ended is started again after so many milliseconds, not sooner after it was started. */
const RESTART_MS = 10_000;

/** The server of the repository, as a process of its watcher, with which it ends. */
export class ServerProcess implements Disposable {
  private readonly ctx: Context;
  private readonly layout: Layout;
  private readonly folder: string;
  /** The pipe to it is closed when nobody holds this any more. */
  private child: ChildProcess | undefined;
  private startedAt = 0;

  /** Where it cannot be started, commands do without. `folder` is one of the repository. */
  constructor(ctx: Context, layout: Layout, folder: string) {
    this.ctx = ctx;
    this.layout = layout;
    this.folder = folder;
    this.start();
  }

  /** Undefined where it is not at work, or not yet. */
  get pid(): number | undefined {
    const pid = this.child?.pid;
    return pid !== undefined && hasServer(this.layout.root) && isAtWork(pid) ? pid : undefined;
  }

  /** Whether one that has ended was started again. */
  tend(): boolean {
    const pid = this.child?.pid;
    if (pid === undefined || performance.now() - this.startedAt < RESTART_MS) return false;
    if (isAtWork(pid)) return false;
    this.start();
    return true;
  }

  [Symbol.dispose](): void {
    stopServer(this.layout.root);
  }

  private start(): void {
    const { program } = this.ctx;
    if (program === undefined || program.env.JVS_SERVER === "off") return;
    this.startedAt = performance.now();
    const [first, ...words] = program.argv;
    const child = spawn(first, [...words, SERVE], {
      cwd: this.folder,
      env: { ...program.env, PWD: this.folder },
      // The kernel closes our end of the pipe when we end, however that comes about.
      stdio: ["pipe", "ignore", "inherit"],
    });
    child.on("error", () => undefined);
    child.stdin.on("error", () => undefined);
    child.unref();
    this.child = child;
  }
}
