import { type OpenPort, openControlNode } from "./control-port.ts";
import { type ConverseOptions, converse, type JuiceReply, LostReply } from "./converse.ts";
import { type JuiceAttempt, unusable } from "./juice-errors.ts";
import type { JuiceVolume } from "./juice-volume.ts";

/** How the control node is reached, and the wait for it. */
export interface TalkOptions extends ConverseOptions {
  /** Tests put a mount of their own in place of the real one. */
  readonly openPort?: OpenPort | undefined;
}

/** What is asked of whom. */
export interface MountQuestion {
  readonly volume: JuiceVolume;
  /** An open folder of the volume: its control node is used. */
  readonly folder: number;
  readonly request: Uint8Array;
  readonly attempt: JuiceAttempt;
}

/**
 * Asks the mount that serves a folder.
 *
 * @throws JvsError E_ENGINE_UNUSABLE when its control node cannot be opened.
 * @throws LostReply when it went away in the middle.
 */
export async function askMount(
  { volume, folder, request, attempt }: MountQuestion,
  { openPort = openControlNode, ...talk }: TalkOptions,
): Promise<JuiceReply> {
  return await converse(openNode(), request, talk);

  function openNode(): ReturnType<OpenPort> {
    try {
      return openPort(folder, volume.controlName);
    } catch (cause) {
      throw unusable(attempt, "its control node cannot be opened", cause);
    }
  }
}

/** Like {@link askMount}, of requests that are answered by an errno; 0 when it was done. */
export async function askStatus(question: MountQuestion, talk: TalkOptions): Promise<number> {
  const reply = await askMount(question, talk);
  if (reply.kind === "status") return reply.errno;
  throw new LostReply("the mount answered something else");
}

/** What a cancelled request ends with: EINTR; or EIO, with Redis before 1.4. */
const CANCELLED = new Set([4, 5]);

/** Whether the errno may mean that a program which was started meanwhile cancelled the request. */
export function mayBeCancelled(errno: number): boolean {
  return CANCELLED.has(errno);
}
