import { JvsError } from "../../model/errors.ts";
import { SILENT } from "../../model/progress.ts";
import { readDroppedBytes } from "../../repo/auto-list.ts";
import { listDescriptors } from "../../repo/descriptors.ts";
import { beginSweep } from "../../repo/generation.ts";
import { lockRepository, lockStore } from "../../repo/lock.ts";
import { readLimits } from "../../repo/retention-policy.ts";
import type { Context } from "../context.ts";
import type { Repository } from "../open-workspace.ts";

/** So much is not worth a sweep, unless it is what the limit allows altogether. */
const LITTLE_BYTES = 16 << 20;
const LARGE_SHARE = 0.25;
/** A parallel command may keep the store for so long before we leave the sweep to the next one. */
const PATIENCE_MS = 250;

/**
 * Sweeps the store once dropped automatic snapshots have left much in it: as much as the limit allows
 * them altogether, or a quarter of the store. So hooks alone never fill a disk. Costs a look at one
 * small file while that is not so. The caller has just taken an automatic snapshot and holds no lock.
 *
 * @returns warnings, when something keeps it from doing its work
 */
export async function sweepDropped(ctx: Context, repository: Repository): Promise<string[]> {
  try {
    if (isDue(repository)) await sweep({ ...ctx, progress: SILENT }, repository);
    return [];
  } catch (error) {
    if (!(error instanceof JvsError)) throw error;
    // Somebody else is at work: the next one sees what we saw.
    if (error.code === "E_LOCKED") return [];
    return [`What automatic snapshots left is not swept: ${error.message}`];
  }
}

function isDue({ repo, store }: Repository): boolean {
  const dropped = readDroppedBytes(repo);
  if (dropped === 0) return false;
  if (dropped >= readLimits(repo).auto_max_bytes) return true;
  return dropped >= LITTLE_BYTES && dropped >= LARGE_SHARE * store.storedBytes();
}

async function sweep(ctx: Context, repository: Repository): Promise<void> {
  const { repo } = repository;
  const { StoreSweep } = await import("./sweep-store.ts");
  const options = { actor: ctx.actor, command: "jvs snapshot", timeoutMs: 0 };
  using _gc = await lockRepository(repo, "gc", options);
  using _packs = await lockRepository(repo, "packs", options);
  const { descriptors, unreadable } = listDescriptors(repo);
  if (unreadable[0] !== undefined) throw refuseDamaged(unreadable[0].id);
  const sweep = new StoreSweep(ctx, repository);
  await sweep.mark({ live: descriptors, doomed: [] }, ctx.progress);
  {
    using _store = await lockStore(repo, "exclusive", { ...options, timeoutMs: PATIENCE_MS });
    beginSweep(repo);
  }
  // Once begun it is brought to its end: until then caches count for nothing.
  await sweep.sweep({ ...options, timeoutMs: ctx.lockTimeout });
}

function refuseDamaged(id: string): JvsError {
  return new JvsError(`the record of snapshot ${id} is damaged`, {
    code: "E_DESCRIPTOR_CORRUPT",
    hint: "Nobody can tell what it needs; `jvs doctor` says what can be done",
    details: { snapshot_id: id },
  });
}
