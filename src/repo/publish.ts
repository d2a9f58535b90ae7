import { closeFd } from "../fs/at.ts";
import { freeBytes } from "../fs/mounts.ts";
import { syncFiles } from "../fs/sync-files.ts";
import { syncFolder } from "../fs/write-atomic.ts";
import { JvsError } from "../model/errors.ts";
import { openControlFile } from "./control-file.ts";
import { descriptorDraftPath } from "./layout.ts";
import type { Repo } from "./repo.ts";

/** What the small records of one command may need, with room to spare. */
const RESERVE_BYTES = 1 << 20;

/**
 * Refuses to begin where not even the records would fit: what fails for lack of space should fail
 * before anything is written.
 *
 * @throws E_NO_SPACE
 */
export function ensureFreeSpace({ layout }: Repo): void {
  const free = freeBytes(layout.jvs);
  if (free >= RESERVE_BYTES) return;
  throw new JvsError(
    `Cannot write to "${layout.jvs}": no space left on the disk (${free} bytes free)`,
    {
      code: "E_NO_SPACE",
      hint: "Free some space and run the command again; nothing was changed",
      details: { path: layout.jvs, free_bytes: free },
    },
  );
}

/**
 * One sync for all that a snapshot wrote before it is published: its content (open files), its
 * record, what else stands beside its place, and the log, whose head the record names.
 *
 * @throws the system's error; then nothing may be published
 */
export async function syncForPublish(
  { layout }: Repo,
  draft: string,
  { written, beside }: { readonly written: readonly number[]; readonly beside: readonly string[] },
): Promise<void> {
  const paths = [descriptorDraftPath(draft), layout.auditLog, ...beside];
  const opened = paths.flatMap(openIfThere);
  try {
    await syncFiles([...written, ...opened]);
  } finally {
    for (const fd of opened) closeFd(fd);
  }
}

/** Makes the names of newly installed packs durable, before a record relies on them. */
export function syncInstalledPacks({ layout }: Repo): void {
  syncFolder(layout.packs);
}

function openIfThere(path: string): number[] {
  const fd = openControlFile(path);
  return fd === undefined ? [] : [fd];
}
