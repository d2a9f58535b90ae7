import { closeFd } from "../fs/at.ts";
import { fstatSync, fsyncSync, lstatSync, renameSync } from "../fs/files.ts";
import { createFile, syncFolder } from "../fs/write-atomic.ts";
import { openControlFile } from "./control-file.ts";
import { listFolderIfAny } from "./folders.ts";
import { type Layout, rotatedLogPath } from "./layout.ts";
import { type LogLine, linesBackwards } from "./log-lines.ts";

const ROTATED = /^audit-(\d+)-(\d+)\.jsonl$/;

/**
 * The files of the operation log, opened for reading, newest first. Each is closed when the next is
 * asked for. The one in use is opened before the others are listed: if it is put aside in between,
 * it is met a second time, and known by its inode.
 */
export function* openLogFiles(layout: Layout): Generator<number> {
  const inUse = openControlFile(layout.auditLog);
  const identity = inUse === undefined ? undefined : fstatSync(inUse).identity;
  if (inUse !== undefined) yield* closing(inUse);
  for (const { first, last } of listRotated(layout)) {
    const fd = openControlFile(rotatedLogPath(layout, first, last));
    if (fd === undefined) continue;
    if (fstatSync(fd).identity === identity) closeFd(fd);
    else yield* closing(fd);
  }
}

/** The paths of the files of the log that are there, newest first. */
export function listLogPaths(layout: Layout): string[] {
  const rotated = listRotated(layout).map(({ first, last }) => rotatedLogPath(layout, first, last));
  return [layout.auditLog, ...rotated].filter((path) => lstatSync(path));
}

/** The lines of all files of the log, last line first. */
export function* logLinesBackwards(layout: Layout): Generator<LogLine> {
  for (const fd of openLogFiles(layout)) yield* linesBackwards(fd);
}

/** Puts the log that is open as `fd`, and whose last record is `lastSeq`, aside and begins a new one. */
export function rotateLog(layout: Layout, fd: number, lastSeq: number): void {
  const firstSeq = (listRotated(layout)[0]?.last ?? 0) + 1;
  fsyncSync(fd);
  renameSync(layout.auditLog, rotatedLogPath(layout, firstSeq, lastSeq));
  createFile(layout.auditLog, "", { sync: false });
  syncFolder(layout.audit);
}

/** Newest first. */
function listRotated({ audit }: Layout): { first: number; last: number }[] {
  return listFolderIfAny(audit)
    .flatMap((name) => {
      const [, first, last] = ROTATED.exec(name) ?? [];
      return last === undefined ? [] : [{ first: Number(first), last: Number(last) }];
    })
    .sort((one, other) => other.last - one.last);
}

function* closing(fd: number): Generator<number> {
  try {
    yield fd;
  } finally {
    closeFd(fd);
  }
}
