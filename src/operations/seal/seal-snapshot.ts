import { hashSlot } from "../../engines/hash-slot.ts";
import type { ObjectId } from "../../model/entry.ts";
import { failPoint } from "../../model/fail-point.ts";
import type { RawPath } from "../../model/raw-path.ts";
import type { Descriptor, SnapshotId } from "../../model/snapshot.ts";
import { hasDescriptor, readDescriptor } from "../../repo/descriptors.ts";
import { replaceDescriptor, sealedDescriptor } from "../../repo/edit-descriptor.ts";
import { payloadPath } from "../../repo/layout.ts";
import { type LockOptions, lockRepository, lockStore } from "../../repo/lock.ts";
import { appendOperation } from "../../repo/operation-log.ts";
import { makeSealDraft, unmarkPending } from "../../repo/payloads.ts";
import { ensureFreeSpace, syncForPublish, syncInstalledPacks } from "../../repo/publish.ts";
import { fillStandIns, unreadFiles } from "../../tree/fill-stand-ins.ts";
import type { Context } from "../context.ts";
import type { Repository } from "../open-workspace.ts";
import { isPending, recordedView } from "../tree-of.ts";

export interface SealPace {
  /** Bytes a second that are read at most; 0: as fast as it goes. */
  readonly rate: number;
}

/**
 * Names the content of a pending snapshot, from the folder that keeps it, and writes its record anew.
 * Reading takes no lock, since nobody changes that folder; killed or overtaken by another process, it
 * leaves the snapshot as it was, or sealed. The caller holds no lock.
 *
 * Returns the sealed record; undefined where there was nothing to do.
 *
 * @throws E_OBJECT_MISSING, E_OBJECT_DAMAGED, E_LOCKED, E_NO_SPACE, E_INTERRUPTED
 */
export async function sealSnapshot(
  ctx: Context,
  repository: Repository,
  { id, rate }: SealPace & { readonly id: SnapshotId },
): Promise<Descriptor | undefined> {
  const { repo, store } = repository;
  const pending = findPending(repository, id);
  if (pending === undefined) {
    await clearMark(ctx, repository, id);
    return undefined;
  }
  const files = unreadFiles(id, recordedView(store, pending));
  const slot = payloadPath(repo.layout, id);
  const contents = await hashSlot(slot, files, { rate, progress: ctx.progress });
  failPoint("seal-read");
  ensureFreeSpace(repo);
  return await publish(ctx, repository, { id, contents });
}

/** What was read. */
interface ReadContent {
  readonly id: SnapshotId;
  readonly contents: ReadonlyMap<RawPath, ObjectId>;
}

async function publish(
  ctx: Context,
  repository: Repository,
  { id, contents }: ReadContent,
): Promise<Descriptor | undefined> {
  using _locks = await lockRecord(ctx, repository);
  const { repo, store } = repository;
  const pending = findPending(repository, id);
  if (pending === undefined) return undefined; // Somebody else was quicker, or it was removed.
  const draft = makeSealDraft(repo, id);
  const writer = store.openWriter(draft);
  try {
    const put = (bytes: Uint8Array): ObjectId => writer.put(bytes);
    const root = fillStandIns(recordedView(store, pending), { snapshot: id, contents, put });
    await syncForPublish(repo, draft, { written: writer.end(), beside: [] });
    failPoint("seal-written");
    writer.install();
    if (writer.objectCount > 0) syncInstalledPacks(repo);
    failPoint("seal-stored");
    const stored_bytes = pending.stored_bytes + writer.storedBytes;
    const sealed = sealedDescriptor(pending, { payload_root_hash: root, stored_bytes });
    record(ctx, repository, { pending, sealed });
    failPoint("seal-logged");
    replaceDescriptor(repo, sealed);
    failPoint("seal-published");
    return sealed;
  } finally {
    writer.discard();
    if (findPending(repository, id) === undefined) unmarkPending(repo, id);
  }
}

/** Before the record changes: killed in between, the next one finds the same, and logs it once. */
function record(
  { actor, now }: Context,
  { repo }: Repository,
  { pending, sealed }: { pending: Descriptor; sealed: Descriptor },
): void {
  appendOperation(repo, {
    operation: "seal",
    actor,
    target: sealed.snapshot_id,
    reason: "",
    refs: { checksum: [pending.descriptor_checksum, sealed.descriptor_checksum] },
    now: now(),
    event_id: `${sealed.snapshot_id}.sealed`,
  });
}

async function clearMark(ctx: Context, repository: Repository, id: SnapshotId): Promise<void> {
  using _locks = await lockRecord(ctx, repository);
  const { repo } = repository;
  // One that is being made has no record yet.
  if (hasDescriptor(repo, id) && findPending(repository, id) === undefined) unmarkPending(repo, id);
}

/** Nobody edits the record, removes it, or sweeps what its tree needs. */
async function lockRecord(
  { actor, progress, lockTimeout }: Context,
  { repo, store }: Repository,
): Promise<Disposable> {
  const options: LockOptions = { actor, progress, command: "jvs seal", timeoutMs: lockTimeout };
  using stack = new DisposableStack();
  stack.use(await lockStore(repo, "shared", options));
  stack.use(await lockRepository(repo, "edits", options));
  stack.use(await lockRepository(repo, "limits", options));
  store.forgetPacks(); // What was listed before may have been swept.
  return stack.move();
}

function findPending({ repo }: Repository, id: SnapshotId): Descriptor | undefined {
  if (!hasDescriptor(repo, id)) return undefined;
  const descriptor = readDescriptor(repo, id);
  return isPending(descriptor) ? descriptor : undefined;
}
