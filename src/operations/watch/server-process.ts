import { type ChildProcess, spawn } from "node:child_process";
import type { Layout } from "../../repo/layout.ts";
import { hasServer } from "../../repo/server-socket.ts";
import { stopServer } from "../../repo/stop-server.ts";
import type { Context } from "../context.ts";

/** The word that makes the program a server, see runServer. */
export const SERVE = "__serve";

/** The server of the repository, as a process of its watcher, with which it ends. */
export class ServerProcess implements Disposable {
  private readonly layout: Layout;
  /** The pipe to it is closed when nobody holds this any more. */
  private readonly child: ChildProcess | undefined;

  /** Where it cannot be started, commands do without. `folder` is one of the repository. */
  constructor({ program }: Context, layout: Layout, folder: string) {
    this.layout = layout;
    if (program === undefined || program.env.JVS_SERVER === "off") return;
    const [first, ...words] = program.argv;
    const child = spawn(first, [...words, SERVE], {
      cwd: folder,
      env: { ...program.env, PWD: folder },
      // The kernel closes our end of the pipe when we end, however that comes about.
      stdio: ["pipe", "ignore", "inherit"],
    });
    child.on("error", () => undefined);
    child.stdin.on("error", () => undefined);
    child.unref();
    this.child = child;
  }

  /** Undefined where it is not at work, or not yet. */
  get pid(): number | undefined {
    return hasServer(this.layout.root) ? this.child?.pid : undefined;
  }

  [Symbol.dispose](): void {
    stopServer(this.layout.root);
  }
}
