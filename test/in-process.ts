import type { Io } from "../src/cli/io.ts";
import { run } from "../src/cli/run.ts";

/** What a command printed, and how it ended. */
export interface InProcessRan {
  readonly exit: number;
  readonly out: string;
  readonly err: string;
}

/** Runs jvs inside `cwd` in this process: for what is tried thousands of times. */
export async function runInProcess(
  cwd: string,
  argv: readonly string[],
  changes: Partial<Io> = {},
): Promise<InProcessRan> {
  const printed = { out: "", err: "" };
  const io: Io = {
    cwd,
    home: "/nowhere",
    configHome: "/nowhere/.config",
    actor: { user: "ada", host: "engine", pid: process.pid },
    version: "0.0.0-test",
    engine: "",
    lockTimeout: 1000,
    failPoint: "",
    isDumb: false,
    noColor: true,
    outIsTerminal: false,
    errIsTerminal: false,
    columns: 80,
    now: () => new Date(),
    ticks: () => performance.now(),
    out(data) {
      printed.out += typeof data === "string" ? data : Buffer.from(data).toString();
    },
    err(text) {
      printed.err += text;
    },
    readStdin: () => new Uint8Array(),
    readLine: () => undefined,
    readFile: () => new Uint8Array(),
    onInterrupt() {},
    ...changes,
  };
  return { exit: await run(argv, io), ...printed };
}
