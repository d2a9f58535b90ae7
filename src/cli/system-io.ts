import { fstatSync, readFileSync, readSync, statSync } from "../fs/files.ts";
import type { Actor } from "../model/operation.ts";
import type { Program } from "../operations/context.ts";
import { currentFolder, physicalFolder } from "./current-folder.ts";
import type { Io } from "./io.ts";
import { fromArg } from "./raw-args.ts";
import { VERSION } from "./version.ts";
import { writeAll } from "./write-all.ts";

const LOCK_TIMEOUT_MS = 30_000;
const COLUMNS = 80;

/** The environment of a process. */
export type Env = Readonly<Record<string, string | undefined>>;

/** The world as this process finds it. Getters: most of these cost something, and no command wants all. */
export class SystemIo implements Io {
  readonly program: Program;
  readonly version: string = VERSION;
  protected readonly env: Env;

  /** @param argv how this program is started */
  constructor(env: Env, argv: Program["argv"]) {
    this.env = env;
    this.program = { argv, env };
  }

  get cwd(): string {
    return currentFolder(physicalFolder(), this.env.PWD ?? "");
  }

  get actor(): Actor {
    const { env } = this;
    return {
      user: this.userName(),
      host: hostName(),
      pid: process.pid,
      ...(env.JVS_AGENT && { agent: env.JVS_AGENT }),
      ...(env.JVS_SESSION && { session: env.JVS_SESSION }),
      ...(env.JVS_TOOL_CALL && { tool_call: env.JVS_TOOL_CALL }),
    };
  }

  get home(): string {
    return this.env.HOME ?? "";
  }

  /** A relative XDG_CONFIG_HOME is to be ignored, says its specification; so is a HOME that is none. "" for none. */
  get configHome(): string {
    const { XDG_CONFIG_HOME: asked = "", HOME: home = "" } = this.env;
    if (asked.startsWith("/")) return asked;
    return home.startsWith("/") ? `${home}/.config` : "";
  }

  /** The older jvs passed over values of JVS_ENGINE that it did not have; scripts rely on that. */
  get engine(): string {
    const { JVS_SNAPSHOT_ENGINE: asked, JVS_ENGINE: name = "" } = this.env;
    const isName = /^(objects|auto|copy|(reflink|juicefs|btrfs)(-\w+)?)$/.test(name);
    return asked || (isName ? name : "");
  }

  get juicefs(): string {
    return this.env.JVS_JUICEFS ?? "";
  }

  get lockTimeout(): number {
    const { JVS_LOCK_TIMEOUT: asked = "" } = this.env;
    return /^\d+$/.test(asked) ? Number(asked) : LOCK_TIMEOUT_MS;
  }

  get failPoint(): string {
    return this.env.JVS_FAIL_POINT ?? "";
  }

  get isDumb(): boolean {
    return this.env.TERM === "dumb";
  }

  get noColor(): boolean {
    return this.env.NO_COLOR !== undefined || this.isDumb;
  }

  get outIsTerminal(): boolean {
    return isTerminal(1);
  }

  get errIsTerminal(): boolean {
    return isTerminal(2);
  }

  get columns(): number {
    return process.stderr.columns || COLUMNS;
  }

  now(): Date {
    return new Date();
  }

  ticks(): number {
    return performance.now();
  }

  out(data: string | Uint8Array): void {
    writeAll(1, data, "standard output");
  }

  err(text: string | Uint8Array): void {
    try {
      writeAll(2, text, "standard error");
    } catch {
      // There is nobody left to tell.
    }
  }

  readStdin(): Uint8Array {
    return readFileSync(0);
  }

  /** Byte by byte: whoever reads stdin after us gets all that we did not ask for. */
  readLine(): string | undefined {
    const byte = Buffer.alloc(1);
    const bytes: number[] = [];
    for (;;) {
      if (readSync(0, byte) === 0) break;
      if (byte[0] === 10) return Buffer.from(bytes).toString();
      bytes.push(byte[0] as number);
    }
    return bytes.length === 0 ? undefined : Buffer.from(bytes).toString();
  }

  readFile(path: string): Uint8Array {
    return readFileSync(pathOfArg(path));
  }

  onInterrupt(listener: () => void): void {
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      process.once(signal, () => {
        // With no handler left, a second one ends the process even while it computes.
        process.removeAllListeners("SIGINT").removeAllListeners("SIGTERM");
        listener();
      });
    }
  }

  private userName(): string {
    const { USER, LOGNAME } = this.env;
    if (USER || LOGNAME) return USER || LOGNAME || "";
    const id = String(process.getuid?.() ?? ""); // An id without a name, as in containers.
    try {
      const { username } = os().userInfo();
      return username === "unknown" || username === "" ? id : username;
    } catch {
      return id;
    }
  }
}

/** The path of the file that an argument names, as bytes. */
export function pathOfArg(arg: string): Buffer {
  return Buffer.from(fromArg(arg), "latin1");
}

/** `node:tty` takes as long to load as a short command runs: it is asked about devices alone. */
function isTerminal(fd: 1 | 2): boolean {
  try {
    const file = fstatSync(fd);
    if (!file.isCharacterDevice() || file.ownDevice === statSync("/dev/null")?.ownDevice)
      return false;
  } catch {
    return false; // It is closed.
  }
  return process.getBuiltinModule("node:tty").isatty(fd);
}

/** Of this machine, or container. */
function hostName(): string {
  try {
    return readFileSync("/proc/sys/kernel/hostname").toString().trim();
  } catch {
    return os().hostname(); // It is not mounted.
  }
}

/** Half a millisecond to load, which is spared where nobody asks who did it. */
function os(): typeof import("node:os") {
  return process.getBuiltinModule("node:os");
}
