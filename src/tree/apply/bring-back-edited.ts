import { closeFd, openFolder, readLink, statAt } from "../../fs/at.ts";
import { FolderCursor } from "../../fs/folder-cursor.ts";
import { AT_FDCWD } from "../../fs/libc.ts";
import { S_IFLNK, S_IFMT, StatBuffer } from "../../fs/stat-buffer.ts";
import { fromText, type RawPath } from "../../model/raw-path.ts";
import { hashBytes } from "../content-sink.ts";
import { fingerprintOfStat } from "../file-fingerprint.ts";
import { keepBeside } from "./keep-beside.ts";

/** In the staging folder from the moment when all is staged and names begin to move. */
export const ALL_STAGED: RawPath = "staged" as RawPath;

/** A name that a killed restore may have moved into its staging folder. */
export interface MovedAway {
  readonly path: RawPath;
  readonly staged: string;
  /** What it was when it was scanned, see fingerprintOfRow. */
  readonly was: string;
  /** What we had put under the staged name to take its place; null when it was only to go. */
  readonly placed: PlacedContent | null;
}

/** How our own content is told from somebody's edit. */
export interface PlacedContent {
  readonly kind: string;
  readonly size: number;
  readonly mtime: string;
  readonly content: string;
}

/**
 * Looks at what a killed restore had moved out of the workspace, once all was staged. What is as it
 * was scanned is held by a snapshot; what is neither that nor what we had staged was edited in the
 * meantime, and goes back as a conflict copy.
 */
export function bringBackEdited(
  root: number,
  { staging, victims, tag }: { staging: string; victims: readonly MovedAway[]; tag: string },
): void {
  const at = openFolder(AT_FDCWD, fromText(staging));
  using cursor = new FolderCursor(root);
  const stat = new StatBuffer();
  try {
    if (!statAt(at, ALL_STAGED, stat)) return; // Nothing had moved yet.
    for (const victim of victims) {
      const place = { at, name: victim.staged as RawPath };
      if (!statAt(at, place.name, stat) || fingerprintOfStat(stat) === victim.was) continue;
      if (victim.placed !== null && isOurs(place, stat, victim.placed)) continue;
      keepBeside(place, victim.path, { cursor, tag });
    }
  } finally {
    closeFd(at);
  }
}

/** Staged content has exactly the size and time of the entry; a link has no time of ours, so its target is read. */
function isOurs(
  { at, name }: { at: number; name: RawPath },
  stat: StatBuffer,
  { kind, size, mtime, content }: PlacedContent,
): boolean {
  if ((stat.mode & S_IFMT) === S_IFLNK)
    return kind === "l" && hashBytes(readLink(at, name)) === content;
  const nanos = BigInt(stat.mtimeSeconds) * 1_000_000_000n + BigInt(stat.mtimeNanos);
  return kind !== "l" && stat.size === size && String(nanos) === mtime;
}
