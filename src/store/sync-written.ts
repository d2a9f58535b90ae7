import { syncFiles } from "../fs/sync-files.ts";

/** Sends to the disk what a writer left open when it ended. */
export async function syncWritten(written: readonly number[]): Promise<void> {
  await syncFiles(written);
}
