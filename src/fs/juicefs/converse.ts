import { SystemError, systemCodeOf } from "../../model/errors.ts";
import type { ControlPort } from "./control-port.ts";
import { type ReplyFrame, ReplyParser } from "./reply-parser.ts";

/** How far a request has come, in entries; `total` is 0 where nobody knows, and may lag behind. */
export type OnJuiceProgress = (count: number, total: number) => void;

export interface ConverseOptions {
  readonly onProgress?: OnJuiceProgress | undefined;
  /** The user wants to stop: the other side may finish if that is soon, else is made to give up. */
  readonly signal?: AbortSignal | undefined;
  /** Waits so many milliseconds; for tests. */
  readonly pause?: ((milliseconds: number) => Promise<unknown>) | undefined;
}

/** The last word on a request. */
export type JuiceReply = Exclude<ReplyFrame, { kind: "progress" }>;

/** The request went out, and its answer will never come: what became of it must be looked at. */
export class LostReply extends Error {
  override readonly name = "LostReply";
}

const EINTR = 4;
const SHORTEST_PAUSE = 1;
const LONGEST_PAUSE = 50;
/** A pause for each of so many before: what is waited for in vain is a fifth of the request at most. */
const PAUSE_GROWTH = 1.2;
/**
 * A mount that is made to give up leaves what it had copied in the volume, unseen but counted,
 * until somebody runs `juicefs gc --delete` (seen with 1.2 to 1.4, Redis and SQLite). So it may
 * finish first, when that is soon.
 */
const PATIENCE_TO_FINISH = 3000;
/** Giving up takes the mount one step of its work: more than this means that it is stuck. */
const PATIENCE_AFTER_CANCEL = 10_000;

/**
 * Sends `request` and waits for the last word. The port is closed at the end, come what may.
 * A status is returned as it is, EINTR included: it was cancelled, or never handed over.
 *
 * @throws LostReply when the mount went away, or never answered after the signal.
 */
export async function converse(
  port: ControlPort,
  request: Uint8Array,
  options: ConverseOptions = {},
): Promise<JuiceReply> {
  try {
    return handOver(port, request) ? await listen(port, options) : { kind: "status", errno: EINTR };
  } finally {
    port.close();
  }
}

/** False when a signal came first: the mount has seen nothing then. */
function handOver(port: ControlPort, request: Uint8Array): boolean {
  try {
    port.write(request);
    return true;
  } catch (error) {
    if (systemCodeOf(error) === "EINTR") return false;
    throw new LostReply(`the mount went away: ${systemCodeOf(error)}`, { cause: error });
  }
}

async function listen(
  port: ControlPort,
  { onProgress, signal, pause = Bun.sleep }: ConverseOptions,
): Promise<JuiceReply> {
  const parser = new ReplyParser();
  const wait = new Waiting(port, pause);
  for (;;) {
    const frames = parser.push(readSome(port));
    for (const frame of frames) {
      if (frame.kind !== "progress") return frame;
      onProgress?.(frame.count, frame.total);
    }
    if (signal?.aborted) wait.hurry();
    if (frames.length === 0) await wait.next();
  }
}

/** The pauses between reads: the node answers at once, with nothing while there is nothing. */
class Waiting {
  private readonly port: ControlPort;
  private readonly pause: (milliseconds: number) => Promise<unknown>;
  private delay = SHORTEST_PAUSE;
  private patience = Number.POSITIVE_INFINITY;
  private isCancelled = false;

  constructor(port: ControlPort, pause: (milliseconds: number) => Promise<unknown>) {
    this.port = port;
    this.pause = pause;
  }

  async next(): Promise<void> {
    if (this.patience <= 0) this.cancel();
    await this.pause(this.delay);
    this.patience -= this.delay;
    this.delay = Math.min(this.delay * PAUSE_GROWTH, LONGEST_PAUSE);
  }

  /** The user wants to stop: from now on it is not waited for ever. */
  hurry(): void {
    if (this.patience === Number.POSITIVE_INFINITY) this.patience = PATIENCE_TO_FINISH;
  }

  private cancel(): void {
    if (this.isCancelled) throw new LostReply("the mount did not say what became of it");
    this.port.cancel();
    this.isCancelled = true;
    this.patience = PATIENCE_AFTER_CANCEL;
  }
}

/** A read that a signal cut short took nothing: the next one finds it all. */
function readSome(port: ControlPort): Uint8Array {
  try {
    return port.read();
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    const why = systemCodeOf(error);
    if (why === "EINTR" || why === "EAGAIN") return new Uint8Array(0);
    throw new LostReply(`the mount went away: ${why}`, { cause: error });
  }
}
