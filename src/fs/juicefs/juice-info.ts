import { JvsError } from "../../model/errors.ts";
import { type Place, statAt } from "../at.ts";
import { StatBuffer } from "../stat-buffer.ts";
import { askMount, type MountQuestion, type TalkOptions } from "./ask-mount.ts";
import { LostReply } from "./converse.ts";
import { explainRefusal, type JuiceAttempt, unusable } from "./juice-errors.ts";
import type { JuiceVolume } from "./juice-volume.ts";
import { encodeInfo, type InfoRequest } from "./requests.ts";

/** How much is in a folder, itself included. */
export interface TreeSize {
  readonly files: number;
  readonly folders: number;
  /** The sum of all file sizes. */
  readonly bytes: number;
  /** What the volume counts for it: each file in blocks of 4 KiB. */
  readonly countedBytes: number;
}

const ENOENT = 2;

/** What the mount knows of an inode. */
export interface JuiceInfo {
  readonly size: TreeSize;
  /** Where it is in the volume, seen from the top of the mount: `/a/b`. A file may have several. */
  readonly paths: readonly string[];
}

export interface MeasureOptions extends TalkOptions {
  readonly place: Place;
  /** Count every entry, instead of trusting sums that are up to a second behind. */
  readonly isExact?: boolean;
}

/**
 * Counts a file, or a folder and all below it, by one request: about 7 ms for a thousand entries.
 *
 * @throws JvsError E_ENGINE_UNUSABLE when the mount cannot be asked, E_IO when it says why not.
 */
export async function measureTree(
  volume: JuiceVolume,
  { place, isExact = false, ...talk }: MeasureOptions,
): Promise<TreeSize> {
  const stat = new StatBuffer();
  const attempt = { verb: "measure", subject: place };
  if (!statAt(place.at, place.name, stat)) throw explainRefusal(ENOENT, attempt);
  if (stat.device !== volume.device) throw unusable(attempt, "it lies on another file system");
  const wanted = { inode: stat.inode, recursive: true, raw: true, strict: isExact };
  return (await readInfo(wanted, { volume, folder: place.at, attempt, talk })).size;
}

/** Whom to ask, by the control node of which folder. */
export interface InfoContext extends Omit<MountQuestion, "request"> {
  readonly talk: TalkOptions;
}

/** Asks for sizes and paths of an inode. Throws as {@link measureTree} does. */
export async function readInfo(wanted: InfoRequest, context: InfoContext): Promise<JuiceInfo> {
  const { talk, attempt } = context;
  const reply = await askMount({ ...context, request: encodeInfo(wanted) }, talk).catch((cause) => {
    throw cause instanceof LostReply ? unusable(attempt, cause.message, cause) : cause;
  });
  if (reply.kind === "data") return parseInfo(Buffer.from(reply.bytes).toString("utf8"), attempt);
  if (reply.errno !== 0) throw explainRefusal(reply.errno, attempt);
  throw unusable(attempt, "the mount gave no figures");
}

interface RawInfo {
  readonly Failed?: boolean;
  readonly Reason?: string;
  readonly Summary?: Partial<Record<"Length" | "Size" | "Files" | "Dirs", number>>;
  readonly Paths?: readonly string[] | null;
}

function parseInfo(text: string, attempt: JuiceAttempt): JuiceInfo {
  let raw: RawInfo;
  try {
    raw = JSON.parse(text) as RawInfo;
  } catch (cause) {
    throw unusable(attempt, "what the mount answered is no JSON", cause);
  }
  const { Failed: hasFailed, Reason: reason = "no reason given", Summary: sum = {} } = raw;
  if (hasFailed) {
    const message = `Cannot ${attempt.verb} "${attempt.subject.name}": JuiceFS says "${reason}"`;
    throw new JvsError(message, { code: "E_IO", details: { reason } });
  }
  const { Files: files = 0, Dirs: folders = 0, Length: bytes = 0, Size: countedBytes = 0 } = sum;
  return { size: { files, folders, bytes, countedBytes }, paths: raw.Paths ?? [] };
}
