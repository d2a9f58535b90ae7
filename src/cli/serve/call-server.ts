import { type Answer, handOver } from "../../operations/serve/hand-over.ts";
import { indexOfName } from "../index-of-name.ts";
import { isTerminal, type SystemIo } from "../system-io.ts";

/** Commands that look at a workspace. */
const SERVED: ReadonlySet<string> = new Set([
  ...["status", "st", "snapshot", "diff", "history", "log"],
  ...["restore", "undo", "redo"],
]);

/**
 * Lets the server of the repository carry out a command, where there is one: see docs/watching.md.
 * People at a terminal get progress and an answer to Ctrl-C: what they call runs here.
 *
 * @returns the exit status; undefined where nothing was done
 */
export async function callServer(
  words: readonly string[],
  io: SystemIo,
): Promise<number | undefined> {
  const { env } = io.program;
  const name = words[indexOfName(words)] ?? "";
  if (!SERVED.has(name) || env.JVS_SERVER === "off" || io.failPoint !== "") return;
  if (isTerminal(1) || isTerminal(2)) return;
  const answer = await handOver({ program: io.version, words, env });
  return answer && (await print(answer, words, io));
}

async function print(
  { pieces, status }: Answer,
  words: readonly string[],
  io: SystemIo,
): Promise<number> {
  try {
    for (const { fd, bytes } of pieces) {
      if (fd === 1) io.out(bytes);
      else io.err(bytes);
    }
    return status;
  } catch (error) {
    const { reportFailure } = await import("../report-failure.ts");
    const { asksForJson } = await import("../parse-args.ts");
    return reportFailure(error, io, { json: asksForJson(words), debug: false });
  }
}
