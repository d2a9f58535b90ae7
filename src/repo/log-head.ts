import { closeFd } from "../fs/at.ts";
import { writeSync } from "../fs/files.ts";
import { JvsError, systemCodeOf } from "../model/errors.ts";
import { openControlFileToWrite, readTextIfAny } from "./control-file.ts";
import type { Layout } from "./layout.ts";

/**
 * Remembers the newest record of the log beside it, so that a log whose end was cut off shows, also
 * where no snapshot was taken since. Always as long as before and written in place, in one call: a
 * kill leaves the old one or the new one, and nothing waits for the disk. The caller holds the lock
 * of the log, and has appended the record.
 *
 * @throws E_CONFIG when something else than a file is there
 */
export function writeLogHead({ logHead }: Layout, recordHash: string): void {
  try {
    const fd = openControlFileToWrite(logHead);
    try {
      writeSync(fd, Buffer.from(`${recordHash}\n`), 0);
    } finally {
      closeFd(fd);
    }
  } catch (error) {
    if (error instanceof JvsError) throw error;
    // Disk full: an older head still proves all up to it, and the record itself is in the log.
    if (systemCodeOf(error) === "") throw error;
  }
}

/** What was remembered last; undefined when there is nothing. */
export function readLogHead({ logHead }: Layout): string | undefined {
  return readTextIfAny(logHead)?.replace(/\n$/, "");
}
