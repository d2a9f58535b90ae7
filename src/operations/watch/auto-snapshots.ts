import { spawn } from "node:child_process";
import type { Context } from "../context.ts";
import type { Workspace } from "../open-workspace.ts";

interface AutoSnapshotOptions {
  readonly everyMs?: number;
  readonly ifChanged: boolean;
  readonly say: (line: string) => void;
}

/** Exit statuses of jvs (src/model/errors.ts). */
const LOCKED = 11;

/** Takes a snapshot now and then, in a process of its own: the watcher has to answer meanwhile. */
export class AutoSnapshots {
  isBusy = false;
  private readonly ctx: Context;
  private readonly workspace: Workspace;
  private readonly options: AutoSnapshotOptions;
  private nextAt: number;
  /** What the workspace was like before the last one. */
  private quietSince: string | undefined;

  constructor(ctx: Context, workspace: Workspace, options: AutoSnapshotOptions) {
    this.ctx = ctx;
    this.workspace = workspace;
    this.options = options;
    this.nextAt = performance.now() + this.everyMs;
  }

  /** Milliseconds until the next one. */
  dueIn(): number {
    return Math.max(0, this.nextAt - performance.now());
  }

  /** @param quietSince Is the same as long as nothing is touched; undefined where that is not known. */
  turn(quietSince: string | undefined): void {
    if (this.isBusy || this.dueIn() > 0) return;
    this.nextAt = performance.now() + this.everyMs;
    const isQuiet = quietSince !== undefined && quietSince === this.quietSince;
    if (this.options.ifChanged && isQuiet) return;
    this.quietSince = quietSince;
    this.take();
  }

  private get everyMs(): number {
    return this.options.everyMs ?? 0;
  }

  private take(): void {
    const { ctx, workspace, options } = this;
    if (ctx.program === undefined) return;
    const [program, ...words] = ctx.program.argv;
    const flags = ["--auto", ...(options.ifChanged ? ["--if-changed"] : [])];
    this.isBusy = true;
    const child = spawn(program, [...words, "snapshot", ...flags], {
      cwd: workspace.path,
      env: { ...ctx.program.env, PWD: workspace.path, JVS_LOCK_TIMEOUT: "0" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let printed = "";
    child.stdout.on("data", (piece: Buffer) => {
      printed += piece.toString();
    });
    child.stderr.on("data", (piece: Buffer) => {
      printed += piece.toString();
    });
    child.on("error", (error) => this.ended(`no snapshot: ${error.message}`));
    child.on("close", (code) => this.ended(describe(code, printed)));
  }

  private ended(line: string): void {
    this.isBusy = false;
    this.options.say(line);
  }
}

function describe(code: number | null, printed: string): string {
  if (code === LOCKED) return "no snapshot: another command is at work";
  const text = printed.trim().replaceAll("\n", "; ");
  return code === 0 || code === 3 ? text : `no snapshot (status ${code}): ${text}`;
}
