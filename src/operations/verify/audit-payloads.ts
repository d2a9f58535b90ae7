import { relative } from "node:path";
import { auditSlot } from "../../engines/audit-slot.ts";
import { keepsFolders } from "../../engines/engine-names.ts";
import type { SlotEntry } from "../../engines/slot-audit.ts";
import type { ObjectId } from "../../model/entry.ts";
import { JvsError } from "../../model/errors.ts";
import type { Progress } from "../../model/progress.ts";
import { pathFields, toText } from "../../model/raw-path.ts";
import type { Descriptor, SnapshotId } from "../../model/snapshot.ts";
import type { VerifiedDamage } from "../../model/verify-report.ts";
import { payloadPath } from "../../repo/layout.ts";
import { hasPayload } from "../../repo/payloads.ts";
import { walkTree } from "../../tree/walk-tree.ts";
import type { Repository } from "../open-workspace.ts";
import { isPending, recordedView } from "../tree-of.ts";

/** What is wrong with the folders of snapshots. */
export interface PayloadAudit {
  readonly damages: ReadonlyMap<SnapshotId, readonly VerifiedDamage[]>;
  /** Files that were looked at, and their bytes. */
  readonly files: number;
  readonly bytes: number;
}

/** Compares the folder of each snapshot that has one with its tree; `quick`: names and sizes alone. */
export async function auditPayloads(
  repository: Repository,
  descriptors: readonly Descriptor[],
  options: { quick: boolean; progress: Progress },
): Promise<PayloadAudit> {
  const damages = new Map<SnapshotId, readonly VerifiedDamage[]>();
  let files = 0;
  let bytes = 0;
  for (const descriptor of descriptors) {
    if (!keepsFolders(descriptor.engine)) continue;
    const entries = listFiles(repository, descriptor);
    if (entries === undefined) continue;
    files += entries.length;
    bytes += entries.reduce((sum, { size }) => sum + size, 0);
    const found = await auditOne(repository, { descriptor, entries }, options);
    if (found.length > 0) damages.set(descriptor.snapshot_id, found);
  }
  return { damages, files, bytes: options.quick ? 0 : bytes };
}

async function auditOne(
  { repo, store }: Repository,
  { descriptor, entries }: { descriptor: Descriptor; entries: readonly SlotEntry[] },
  options: { quick: boolean; progress: Progress },
): Promise<VerifiedDamage[]> {
  const slot = payloadPath(repo.layout, descriptor.snapshot_id);
  // What has no name cannot be compared with it.
  const quick = options.quick || isPending(descriptor);
  const problems = hasPayload(repo, descriptor.snapshot_id)
    ? await auditSlot(slot, entries, { ...options, quick })
    : entries.map(({ path, content }) => ({ path, content, why: "its snapshot's folder is gone" }));
  return problems.map(({ path, content, why }) => ({
    ...pathFields(path),
    part: "content",
    object: content,
    why,
    file: relative(repo.layout.root, `${slot}/${toText(path)}`),
    readable: store.isWhole(content),
  }));
}

/** Undefined where a folder cannot be read: that is damage of its own, and told elsewhere. */
function listFiles({ store }: Repository, descriptor: Descriptor): SlotEntry[] | undefined {
  const entries: SlotEntry[] = [];
  try {
    for (const [path, { kind, content, size }] of walkTree(recordedView(store, descriptor)))
      if (kind === "f") entries.push({ path, content: content as ObjectId, size });
    return entries;
  } catch (error) {
    if (error instanceof JvsError) return undefined;
    throw error;
  }
}
