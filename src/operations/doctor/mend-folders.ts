import { copiesFiles } from "../../engines/engine-names.ts";
import { mendSlot } from "../../engines/mend-slot.ts";
import { JvsError, SystemError } from "../../model/errors.ts";
import { fromBytes, fromText, type RawPath } from "../../model/raw-path.ts";
import type { SnapshotId } from "../../model/snapshot.ts";
import type { SnapshotVerdict, VerifiedDamage } from "../../model/verify-report.ts";
import { payloadPath } from "../../repo/layout.ts";
import type { Repo } from "../../repo/repo.ts";
import { ownerOfFolder } from "../../tree/workspace-folder.ts";
import { isPending, recordedView } from "../tree-of.ts";
import type { Exam } from "./exam.ts";

/** Files that are not as they were in folders of snapshots, by snapshot. */
export type DamagedFolders = ReadonlyMap<SnapshotId, ReadonlySet<RawPath>>;

/** Those among what was found. */
export function damagedFolders(
  { layout }: Repo,
  verdicts: readonly SnapshotVerdict[],
): DamagedFolders {
  const found = new Map<SnapshotId, ReadonlySet<RawPath>>();
  for (const { snapshot_id: id, damage = [] } of verdicts) {
    const isInFolder = ({ file }: VerifiedDamage): boolean =>
      `${layout.root}/${file}`.startsWith(`${payloadPath(layout, id)}/`);
    const paths = damage.filter(isInFolder).map(rawOf);
    if (paths.length > 0) found.set(id, new Set(paths));
  }
  return found;
}

function rawOf({ path, path_base64: bytes }: VerifiedDamage): RawPath {
  return bytes === undefined ? fromText(path) : fromBytes(Buffer.from(bytes, "base64"));
}

/**
 * Puts the folders of snapshots right from what the store holds by now, and other such folders. The
 * caller holds the lock of the store. Returns how many files were written.
 */
export async function mendFolders(exam: Exam, damaged: DamagedFolders): Promise<number> {
  const { repo, store, ctx, descriptors } = exam;
  const owner = ownerOfFolder(repo.layout.root);
  let mended = 0;
  for (const descriptor of descriptors.descriptors) {
    const paths = damaged.get(descriptor.snapshot_id);
    if (paths === undefined || isPending(descriptor)) continue;
    const mending = {
      path: payloadPath(repo.layout, descriptor.snapshot_id),
      tree: recordedView(store, descriptor),
      rootMode: Number.parseInt(descriptor.root_mode, 8),
      isWritable: !copiesFiles(descriptor.engine),
      damaged: paths,
    };
    try {
      mended += await mendSlot(mending, { content: store, owner, progress: ctx.progress });
    } catch (error) {
      // One that may not be written, or whose tree is lost, stays as it is, and is told of again.
      if (!isBeyondUs(error)) throw error;
    }
  }
  return mended;
}

function isBeyondUs(error: unknown): boolean {
  if (error instanceof SystemError) return /^(EROFS|EPERM|EACCES|ENOTDIR|ELOOP)$/.test(error.code);
  return error instanceof JvsError && /^E_OBJECT_/.test(error.code);
}
