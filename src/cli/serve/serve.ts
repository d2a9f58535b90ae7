import { type Answer, runServer, type ServedCall } from "../../operations/serve/run-server.ts";
import type { Io } from "../io.ts";
import { makeContext } from "../make-context.ts";
import { ProgressLine } from "../progress.ts";
import { reportFailure } from "../report-failure.ts";
import { run } from "../run.ts";
import { ServedIo } from "./served-io.ts";

/** `jvs __serve`, started by the watcher: carries out commands of other processes. */
export async function serve(io: Io): Promise<number> {
  const { program } = io;
  if (program === undefined) return 0;
  const ctx = makeContext(io, new ProgressLine(io, { shown: false }), {});
  try {
    await runServer(ctx, { carryOut: (call) => carryOut(call, program.argv) });
    return 0;
  } catch (error) {
    return reportFailure(error, io, { json: false, debug: true });
  }
}

async function carryOut(
  call: ServedCall,
  argv: NonNullable<Io["program"]>["argv"],
): Promise<Answer | undefined> {
  using io = new ServedIo(call, argv);
  const status = await run(call.words, io);
  return io.isDeclined ? undefined : { pieces: io.pieces, status };
}
