import type { SnapshotUsage, UsageReport } from "../model/gc-reports.ts";
import type { Descriptor } from "../model/snapshot.ts";
import { listDescriptors } from "../repo/descriptors.ts";
import { locateWorktree } from "../repo/locate-worktree.ts";
import type { Context } from "./context.ts";
import { OwnedObjects } from "./gc/owned-objects.ts";
import { openRepository } from "./open-workspace.ts";
import { resolveRef } from "./resolve-ref.ts";

/**
 * What each snapshot costs: what only it holds, and what several share. All snapshots are looked at,
 * those that `refs` name are reported; with none, all.
 *
 * @throws E_NOT_FOUND, E_AMBIGUOUS, E_DESCRIPTOR_CORRUPT, E_OBJECT_MISSING, E_OBJECT_DAMAGED
 */
export async function measureUsage(ctx: Context, refs: readonly string[]): Promise<UsageReport> {
  const { repo, store } = openRepository(ctx);
  const worktree = locateWorktree(repo, ctx.cwd)?.worktree;
  const scope = { repo, worktree, now: ctx.now() };
  const wanted = new Set(refs.map((ref) => resolveRef(scope, ref).snapshot_id));
  const { descriptors } = listDescriptors(repo);
  const owned = new OwnedObjects(store);
  for (const [number, descriptor] of descriptors.entries()) {
    ctx.progress.report({ phase: "measuring", done: number, total: descriptors.length });
    await ctx.progress.breathe();
    owned.add(number, descriptor);
  }
  const { bytesOf, shared, garbage } = owned.measure(descriptors.length);
  const snapshots = descriptors
    .map((descriptor, number) => describe(descriptor, bytesOf[number] ?? 0))
    .filter(({ snapshot_id: id }) => wanted.size === 0 || wanted.has(id));
  return {
    snapshots,
    shared_bytes: shared,
    garbage_bytes: garbage,
    stored_bytes: store.storedBytes(),
  };
}

function describe(descriptor: Descriptor, only: number): SnapshotUsage {
  const { snapshot_id, created_at, kind, note = "", bytes } = descriptor;
  return { snapshot_id, created_at, kind, note, bytes, only_bytes: only };
}
