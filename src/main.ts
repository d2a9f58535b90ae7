import { fstatSync, readFileSync, readSync, statSync } from "node:fs";
import { currentFolder, physicalFolder } from "./cli/current-folder.ts";
import type { Io } from "./cli/io.ts";
import { fromArg, repairArgs } from "./cli/raw-args.ts";
import { run } from "./cli/run.ts";
import { writeAll } from "./cli/write-all.ts";

declare const JVS_VERSION: string | undefined;

const { env } = process;
const LOCK_TIMEOUT_MS = 30_000;
const COLUMNS = 80;

const io: Io = {
  // Getters: most of these cost something, and no command wants all of them.
  get cwd() {
    return currentFolder(physicalFolder(), env.PWD ?? "");
  },
  get actor() {
    return {
      user: userName(),
      host: os().hostname(),
      pid: process.pid,
      ...(env.JVS_AGENT && { agent: env.JVS_AGENT }),
      ...(env.JVS_SESSION && { session: env.JVS_SESSION }),
      ...(env.JVS_TOOL_CALL && { tool_call: env.JVS_TOOL_CALL }),
    };
  },
  get outIsTerminal() {
    return isTerminal(1);
  },
  get errIsTerminal() {
    return isTerminal(2);
  },
  get columns() {
    return process.stderr.columns || COLUMNS;
  },
  // Compiled, the program is the binary alone; otherwise it is the runtime with this file.
  program: {
    argv: import.meta.url.includes("/$bunfs/")
      ? [process.execPath]
      : [process.execPath, import.meta.path],
    env,
  },
  home: env.HOME ?? "",
  configHome: configHome(),
  version: typeof JVS_VERSION === "undefined" ? "0.0.0" : JVS_VERSION,
  engine: env.JVS_SNAPSHOT_ENGINE || engineOfOldScripts(),
  juicefs: env.JVS_JUICEFS ?? "",
  lockTimeout: /^\d+$/.test(env.JVS_LOCK_TIMEOUT ?? "")
    ? Number(env.JVS_LOCK_TIMEOUT)
    : LOCK_TIMEOUT_MS,
  failPoint: env.JVS_FAIL_POINT ?? "",
  isDumb: env.TERM === "dumb",
  noColor: env.NO_COLOR !== undefined || env.TERM === "dumb",
  now: () => new Date(),
  ticks: () => performance.now(),
  out: (data) => writeAll(1, data, "standard output"),
  err(text) {
    try {
      writeAll(2, text, "standard error");
    } catch {
      // There is nobody left to tell.
    }
  },
  readStdin: () => readFileSync(0),
  readLine,
  readFile: (path) => readFileSync(Buffer.from(fromArg(path), "latin1")),
  onInterrupt(listener) {
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      process.once(signal, () => {
        // With no handler left, a second one ends the process even while it computes.
        process.removeAllListeners("SIGINT").removeAllListeners("SIGTERM");
        listener();
      });
    }
  },
};

process.exit(await run(repairArgs(process.argv.slice(2), readCommandLine), io));

/** The older jvs passed over values of JVS_ENGINE that it did not have; scripts rely on that. */
function engineOfOldScripts(): string {
  const { JVS_ENGINE: name = "" } = env;
  return /^(objects|auto|copy|(reflink|juicefs|btrfs)(-\w+)?)$/.test(name) ? name : "";
}

function readCommandLine(): Uint8Array | undefined {
  try {
    return readFileSync("/proc/self/cmdline");
  } catch {
    return undefined; // No Linux.
  }
}

/** `node:tty` takes as long to load as a short command runs: it is asked about devices alone. */
function isTerminal(fd: 1 | 2): boolean {
  try {
    const file = fstatSync(fd);
    if (!file.isCharacterDevice() || file.rdev === statSync("/dev/null").rdev) return false;
  } catch {
    return false; // It is closed.
  }
  return process.getBuiltinModule("node:tty").isatty(fd);
}

/** Byte by byte: whoever reads stdin after us gets all that we did not ask for. */
function readLine(): string | undefined {
  const byte = Buffer.alloc(1);
  const bytes: number[] = [];
  for (;;) {
    if (readSync(0, byte) === 0) break;
    if (byte[0] === 10) return Buffer.from(bytes).toString();
    bytes.push(byte[0] as number);
  }
  return bytes.length === 0 ? undefined : Buffer.from(bytes).toString();
}

/** A relative XDG_CONFIG_HOME is to be ignored, says its specification; so is a HOME that is none. "" for none. */
function configHome(): string {
  const { XDG_CONFIG_HOME: asked = "", HOME: home = "" } = env;
  if (asked.startsWith("/")) return asked;
  return home.startsWith("/") ? `${home}/.config` : "";
}

/** Half a millisecond to load, which is spared where nobody asks who did it. */
function os(): typeof import("node:os") {
  return process.getBuiltinModule("node:os");
}

function userName(): string {
  if (env.USER || env.LOGNAME) return env.USER || env.LOGNAME || "";
  const id = String(process.getuid?.() ?? ""); // An id without a name, as in containers.
  try {
    const { username } = os().userInfo();
    return username === "unknown" ? id : username;
  } catch {
    return id;
  }
}
