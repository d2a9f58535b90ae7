import type { Io } from "./io.ts";
import { run } from "./run.ts";

/** What a command printed, and how it ended. */
export interface Printed {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

/** A world without a terminal, in which it is always the same moment. */
export function makeIo(changes: Partial<Io> = {}): Io {
  return {
    cwd: "/here",
    home: "/home/ada",
    configHome: "/home/ada/.config",
    actor: { user: "ada", host: "engine", pid: 42 },
    version: "1.2.3",
    engine: "",
    lockTimeout: 0,
    failPoint: "",
    isDumb: false,
    noColor: false,
    outIsTerminal: false,
    errIsTerminal: false,
    columns: 80,
    now: () => new Date("2026-01-02T03:04:05Z"),
    ticks: () => 0,
    out() {},
    err() {},
    readStdin: () => new Uint8Array(),
    readLine: () => undefined,
    readFile: () => new Uint8Array(),
    onInterrupt() {},
    ...changes,
  };
}

/** Runs the command line in this process, with everything it printed. */
export async function runCli(
  words: readonly string[],
  changes: Partial<Io> = {},
): Promise<Printed> {
  const printed = { out: "", err: "" };
  const decoder = new TextDecoder();
  const io = makeIo({
    out(data) {
      printed.out += typeof data === "string" ? data : decoder.decode(data);
    },
    err(text) {
      printed.err += text;
    },
    ...changes,
  });
  return { status: await run(words, io), ...printed };
}
