import { type Place, statAt, statFd } from "../at.ts";
import { StatBuffer } from "../stat-buffer.ts";
import { askStatus, type MountQuestion, mayBeCancelled, type TalkOptions } from "./ask-mount.ts";
import { LostReply } from "./converse.ts";
import { explainRefusal, interrupted, unknownOutcome, unusable } from "./juice-errors.ts";
import type { JuiceVolume } from "./juice-volume.ts";
import { encodeRemove } from "./requests.ts";

export interface RemoveOptions extends TalkOptions {
  readonly place: Place;
  /** Free the space at once; root alone may, and mounts before 1.3 do not heed it. */
  readonly skipTrash?: boolean;
  readonly threads?: number;
}

/** Removed; or ENOENT, it is gone already. */
const DONE = new Set([0, 2]);
const MOST_ATTEMPTS = 5;

/**
 * Removes a file, or a folder and all below it, by one message to the mount; a link itself, never
 * where it leads. The volume's trash keeps it for a while, unless told otherwise. What is gone
 * already is no error.
 *
 * @throws JvsError E_ENGINE_UNUSABLE when the mount cannot be asked, E_PERMISSION and others as it
 *   says, E_INTERRUPTED after `signal`, E_IO with `details.outcome: "unknown"` when it went away
 *   and the name is still there. Whatever it is, a part may be gone: the ordinary removal can go on.
 */
export async function removeTree(volume: JuiceVolume, options: RemoveOptions): Promise<void> {
  const { place, skipTrash = false, threads = 50, ...talk } = options;
  const attempt = { verb: "remove", subject: place };
  const stat = new StatBuffer();
  statFd(place.at, stat);
  if (stat.device !== volume.device) throw unusable(attempt, "it lies on another file system");
  const request = encodeRemove({ parent: stat.inode, name: place.name, skipTrash, threads });
  const question = { volume, folder: place.at, request, attempt };
  for (let attempts = 1; isThere(place); attempts++) {
    if (talk.signal?.aborted) throw interrupted(attempt);
    const errno = await askOnce(question, talk);
    if (DONE.has(errno)) return;
    if (!mayBeCancelled(errno) || attempts >= MOST_ATTEMPTS) throw explainRefusal(errno, attempt);
  }
}

async function askOnce(question: MountQuestion, talk: TalkOptions): Promise<number> {
  try {
    return await askStatus(question, talk);
  } catch (cause) {
    if (!(cause instanceof LostReply)) throw cause;
    const { attempt } = question;
    if (!isThere(attempt.subject)) return 0;
    throw unknownOutcome(attempt, "present", cause);
  }
}

function isThere({ at, name }: Place): boolean {
  try {
    return statAt(at, name, new StatBuffer());
  } catch {
    return true; // The mount is not back: nothing can be said.
  }
}
