import { JvsError } from "../../model/errors.ts";
import { failPoint } from "../../model/fail-point.ts";
import type { AutoLimits } from "../../model/retention.ts";
import type { Descriptor, SnapshotId } from "../../model/snapshot.ts";
import {
  type AutoSnapshot,
  noteAutoSnapshot,
  readAutoList,
  readDroppedBytes,
  writeAutoList,
  writeDroppedBytes,
} from "../../repo/auto-list.ts";
import { hasDescriptor, listDescriptors, readDescriptor } from "../../repo/descriptors.ts";
import { isLocked, lockRepository } from "../../repo/lock.ts";
import { removePayload } from "../../repo/payloads.ts";
import { removeSnapshots } from "../../repo/remove-snapshots.ts";
import type { Repo } from "../../repo/repo.ts";
import { readLimits } from "../../repo/retention-policy.ts";
import { addTombstones, makeTombstone } from "../../repo/tombstones.ts";
import type { Context } from "../context.ts";
import type { Workspace } from "../open-workspace.ts";
import { listProtected, protectionOf } from "./protect-snapshots.ts";

/**
 * Removes the oldest automatic snapshots beyond the limits of the repository, so that hooks never fill
 * a disk; their content goes when {@link sweepDropped} finds it worth while. Costs a look at a short list while all is well. The
 * caller holds a share in the lock of the store and has just taken `newest`.
 *
 * @returns warnings, when something keeps it from doing its work
 */
export async function limitAutoSnapshots(
  ctx: Context,
  { repo }: Workspace,
  newest: Descriptor,
): Promise<string[]> {
  try {
    const { actor } = ctx;
    using _lock = await lockRepository(repo, "limits", {
      actor,
      command: "jvs snapshot",
      timeoutMs: 0,
    });
    const known = takeIn(repo, newest);
    const surplus = findSurplus(known, readLimits(repo, ctx.limits), ctx.now());
    if (surplus.length > 0) await drop(repo, { known, surplus, now: ctx.now() });
    return [];
  } catch (error) {
    // Somebody else is at it: they see what we would see.
    if (isLocked(error)) return [];
    if (!(error instanceof JvsError)) throw error;
    return [`Automatic snapshots are not limited: ${error.message}`];
  }
}

/** The list with the new snapshot in it, which is there since it was published. */
function takeIn(
  repo: Repo,
  { snapshot_id: id, stored_bytes: storedBytes }: Descriptor,
): AutoSnapshot[] {
  const known = readAutoList(repo);
  if (known?.some((one) => one.id === id)) return known;
  // Whoever wrote the list anew in that moment did not see it.
  if (known !== undefined) noteAutoSnapshot(repo, { id, storedBytes });
  if (known !== undefined) return [...known, { id, storedBytes }];
  const all = listDescriptors(repo)
    .descriptors.filter(({ kind }) => kind === "auto")
    .map((one) => ({ id: one.snapshot_id, storedBytes: one.stored_bytes }))
    .reverse();
  writeAutoList(repo, all);
  return all;
}

/** Those at the old end of the list that are one too many, too old, or too much together. */
function findSurplus(
  oldestFirst: readonly AutoSnapshot[],
  { auto_max_bytes, auto_max_count, auto_max_age }: AutoLimits,
  now: Date,
): readonly AutoSnapshot[] {
  const since = now.getTime() - auto_max_age;
  let bytes = oldestFirst.reduce((sum, { storedBytes }) => sum + storedBytes, 0);
  let end = 0;
  // The newest, taken a moment ago, always stays.
  for (; end < oldestFirst.length - 1; end++) {
    const { id, storedBytes } = oldestFirst[end] as AutoSnapshot;
    const isTooOld = Number(id.slice(0, 13)) < since;
    if (!isTooOld && oldestFirst.length - end <= auto_max_count && bytes <= auto_max_bytes) break;
    bytes -= storedBytes;
  }
  return oldestFirst.slice(0, end);
}

interface Drop {
  readonly known: readonly AutoSnapshot[];
  readonly surplus: readonly AutoSnapshot[];
  readonly now: Date;
}

async function drop(repo: Repo, { known, surplus, now }: Drop): Promise<void> {
  const kept = listProtected(repo, now);
  const gone = new Set<SnapshotId>();
  const doomed: Descriptor[] = [];
  for (const { id } of surplus) {
    if (!hasDescriptor(repo, id)) gone.add(id);
    else if (!kept.has(id)) {
      const descriptor = readDescriptor(repo, id);
      const isTagged = protectionOf(descriptor, { tagsCount: true, now }) !== undefined;
      if (!isTagged) doomed.push(descriptor);
    }
  }
  const removal = {
    removed_at: now.toISOString(),
    by: "limits",
    reason: "beyond the limits for automatic snapshots",
  };
  addTombstones(
    repo,
    doomed.map((descriptor) => makeTombstone(descriptor, removal)),
  );
  failPoint("limits-tombstones");
  const ids = doomed.map(({ snapshot_id: id }) => id);
  removeSnapshots(repo, ids);
  for (const id of ids) await removePayload(repo, id);
  failPoint("limits-removed");
  for (const id of ids) gone.add(id);
  const dropped = doomed.reduce((sum, { stored_bytes }) => sum + stored_bytes, 0);
  writeDroppedBytes(repo, readDroppedBytes(repo) + dropped);
  writeAutoList(
    repo,
    known.filter(({ id }) => !gone.has(id)),
  );
}
