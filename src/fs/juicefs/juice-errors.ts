import { statfsSync } from "node:fs";
import { type ErrorCode, JvsError, SystemError } from "../../model/errors.ts";
import { toText } from "../../model/raw-path.ts";
import type { Place } from "../at.ts";
import { errnoName } from "../errno.ts";

/** What was asked of the mount, for messages. */
export interface JuiceAttempt {
  /** In words: "clone", "remove". */
  readonly verb: string;
  /** What the message is about. */
  readonly subject: Place;
  /** An open folder where room would have been needed. */
  readonly roomAt?: number;
}

interface Meaning {
  readonly code: ErrorCode;
  readonly why: string;
  readonly hint?: string;
}

/** What the mount's last words mean (pkg/meta of JuiceFS). */
const MEANINGS: Readonly<Record<string, Meaning>> = {
  EPERM: {
    code: "E_PERMISSION",
    why: "JuiceFS does not permit it, or it has to do with the volume's trash",
    hint: "Move what you need out of .trash first; else check who owns it",
  },
  ENOENT: { code: "E_IO", why: "it, or the folder of the copy, is not there (any more)" },
  EINTR: {
    code: "E_IO",
    why: "it was cancelled again and again",
    hint: "A program that is started by this one meanwhile cancels it",
  },
  EIO: {
    code: "E_IO",
    why: "JuiceFS could not do it; its metadata engine failed",
    hint: "Look into the log of the mount (/var/log/juicefs.log), then run the command again",
  },
  EACCES: {
    code: "E_PERMISSION",
    why: "JuiceFS denies permission for it, or for something in it or around it",
    hint: "Check owners and permissions",
  },
  EEXIST: { code: "E_EXISTS", why: "something already has the name of the copy" },
  EROFS: { code: "E_READ_ONLY", why: "the volume is mounted read-only" },
  EINVAL: {
    code: "E_ENGINE_UNUSABLE",
    why: "the mount does not know the request: it is older than JuiceFS 1.1",
    hint: "Mount the volume with JuiceFS 1.3 or newer",
  },
  ENOSPC: {
    code: "E_NO_SPACE",
    why: "the volume is full",
    hint: "A copy counts in full although it shares all content: delete something, or raise the capacity of the volume",
  },
  EDQUOT: {
    code: "E_QUOTA",
    why: "a quota of the volume is used up",
    hint: "A copy counts in full although it shares all content: delete something, or raise the quota (`juicefs quota set`)",
  },
};

/** The mount said no. `errno` is its last word, not 0. */
export function explainRefusal(errno: number, attempt: JuiceAttempt): JvsError {
  const name = errnoName(errno);
  const { code, why, hint } = MEANINGS[name] ?? { code: "E_IO", why: `JuiceFS says ${name}` };
  const isAboutRoom = code === "E_NO_SPACE" || code === "E_QUOTA";
  const room = isAboutRoom && attempt.roomAt !== undefined ? roomIn(attempt.roomAt) : undefined;
  const path = toText(attempt.subject.name);
  const figures =
    room === undefined ? "" : ` (${room.free_bytes} bytes and ${room.free_files} files are free)`;
  return new JvsError(`Cannot ${attempt.verb} "${path}": ${why}${figures}`, {
    code,
    ...(hint === undefined ? {} : { hint }),
    details: { system_error: name, path, ...room },
    cause: new SystemError(name, attempt.verb, path),
  });
}

/** JuiceFS cannot be asked for this; another way can. */
export function unusable(attempt: JuiceAttempt, why: string, cause?: unknown): JvsError {
  const path = toText(attempt.subject.name);
  return new JvsError(`Cannot ${attempt.verb} "${path}" by JuiceFS: ${why}`, {
    code: "E_ENGINE_UNUSABLE",
    details: { path },
    cause,
  });
}

/** The mount went away in the middle: what became of the request is not known. */
export function unknownOutcome(
  attempt: JuiceAttempt,
  target: "absent" | "present" | "unknown",
  cause: unknown,
): JvsError {
  const path = toText(attempt.subject.name);
  return new JvsError(
    `Cannot ${attempt.verb} "${path}": the JuiceFS mount went away in the middle, and what came of it is not known`,
    {
      code: "E_IO",
      hint: "See whether the folder can be listed again, then run the command again: it tidies up",
      details: { path, outcome: "unknown", target },
      cause,
    },
  );
}

/** Stopped by the user, and nothing is left. */
export function interrupted({ verb, subject }: JuiceAttempt): JvsError {
  const path = toText(subject.name);
  return new JvsError(`Cannot ${verb} "${path}": stopped by the user`, {
    code: "E_INTERRUPTED",
    details: { path },
  });
}

function roomIn(folder: number): { free_bytes: number; free_files: number } | undefined {
  try {
    const { bavail, bsize, ffree } = statfsSync(`/proc/self/fd/${folder}/.`);
    return { free_bytes: bavail * bsize, free_files: ffree };
  } catch {
    return undefined; // The message does without.
  }
}
