import { SystemError, systemCodeOf } from "../../model/errors.ts";
import type { ControlPort } from "./control-port.ts";
import { type ReplyFrame, ReplyParser } from "./reply-parser.ts";

/** How far a request has come, in entries; `total` is 0 where nobody knows, and may lag behind. */
export type OnJuiceProgress = (count: number, total: number) => void;

export interface ConverseOptions {
  readonly onProgress?: OnJuiceProgress | undefined;
  /** Makes the other side give up; it has a while to say what came of it. */
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
  const wait = new Waiting(pause);
  for (;;) {
    if (signal?.aborted) wait.giveUp(port);
    const frames = parser.push(readSome(port));
    for (const frame of frames) {
      if (frame.kind !== "progress") return frame;
      onProgress?.(frame.count, frame.total);
    }
    if (frames.length === 0) await wait.next();
  }
}

/** The pauses between reads: the node answers at once, with nothing while there is nothing. */
class Waiting {
  private readonly pause: (milliseconds: number) => Promise<unknown>;
  private delay = SHORTEST_PAUSE;
  private patience = Number.POSITIVE_INFINITY;

  constructor(pause: (milliseconds: number) => Promise<unknown>) {
    this.pause = pause;
  }

  async next(): Promise<void> {
    if (this.patience <= 0) throw new LostReply("the mount did not say what became of it");
    await this.pause(this.delay);
    this.patience -= this.delay;
    this.delay = Math.min(this.delay * 2, LONGEST_PAUSE);
  }

  /** Cancels, once; the answer is still waited for, but not for ever. */
  giveUp(port: ControlPort): void {
    if (this.patience < Number.POSITIVE_INFINITY) return;
    port.cancel();
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
