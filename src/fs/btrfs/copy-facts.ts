import { SystemError } from "../../model/errors.ts";
import { toText } from "../../model/raw-path.ts";
import { type Place, setMode, setMtime, setOwner } from "../at.ts";
import { S_IFLNK, S_IFMT, type StatBuffer } from "../stat-buffer.ts";
import { readXattrs, writeXattrs } from "../xattrs.ts";

/** What a path has besides its content and attributes. */
export interface Facts {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Nanoseconds since 1970. */
  readonly mtime: bigint;
}

export function factsOf(stat: StatBuffer): Facts {
  const { mode, uid, gid, mtimeSeconds, mtimeNanos } = stat;
  return { mode, uid, gid, mtime: BigInt(mtimeSeconds) * 1_000_000_000n + BigInt(mtimeNanos) };
}

/**
 * Gives `to` the owner, attributes, mode and time of `from`, in the order in which one does not undo
 * the other.
 *
 * @throws SystemError where the system refuses any of it
 */
export function copyFacts(from: Place, to: Place, { mode, uid, gid, mtime }: Facts): void {
  setOwner(to.at, to.name, { uid, gid });
  const [refused] = writeXattrs(to.at, to.name, readXattrs(from.at, from.name));
  if (refused !== undefined)
    throw new SystemError("EPERM", `set the attribute ${toText(refused)} of`, toText(to.name));
  if ((mode & S_IFMT) !== S_IFLNK) setMode(to.at, to.name, mode & 0o7777);
  setMtime(to.at, to.name, mtime);
}
