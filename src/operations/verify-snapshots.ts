import type { ObjectId } from "../model/entry.ts";
import { JvsError } from "../model/errors.ts";
import { type Descriptor, isSnapshotId, type SnapshotId } from "../model/snapshot.ts";
import type { SnapshotVerdict, VerifyReport } from "../model/verify-report.ts";
import type { Worktree } from "../model/worktree.ts";
import { listDescriptors } from "../repo/descriptors.ts";
import { locateWorktree } from "../repo/locate-worktree.ts";
import { IdKey } from "../store/id-key.ts";
import type { Context } from "./context.ts";
import { openContent, openRepository, type Repository } from "./open-workspace.ts";
import { resolveRef } from "./resolve-ref.ts";
import { sealPending } from "./seal/seal-pending.ts";
import { auditPayloads } from "./verify/audit-payloads.ts";
import { type FullAudit, fullAudit } from "./verify/full-audit.ts";
import { judgeSnapshots, rejectSnapshot } from "./verify/judge-snapshots.ts";
import { quickAudit } from "./verify/quick-audit.ts";
import { type Reach, reachObjects } from "./verify/reach-objects.ts";

export interface VerifyQuery {
  /** One snapshot; all of them without it. */
  readonly ref?: string;
  /** Also read what is stored and no snapshot needs, and tell of snapshots that lists hide. */
  readonly all: boolean;
  /** Records, folders and checksums only: the content is not hashed. */
  readonly quick: boolean;
}

/**
 * Reads all that the snapshots hold and compares it with the names it has. Changes nothing.
 *
 * @throws E_NO_REPOSITORY, E_NOT_FOUND, E_AMBIGUOUS, E_INTERRUPTED. Damage is no error, but the report.
 */
export async function verifySnapshots(ctx: Context, query: VerifyQuery): Promise<VerifyReport> {
  await sealPending(ctx);
  const repository = openContent(openRepository(ctx).repo, { onlyLooks: true });
  return await verifyRepository(repository, choose(ctx, repository, query), {
    ...query,
    progress: ctx.progress,
  });
}

/** Which snapshots are verified. */
export interface Chosen {
  readonly descriptors: readonly Descriptor[];
  /** Their records are damaged. */
  readonly rejected: readonly SnapshotVerdict[];
}

/** Verifies these snapshots of an open repository. */
export async function verifyRepository(
  repository: Repository,
  { descriptors, rejected }: Chosen,
  { ref, all, quick, progress }: VerifyQuery & Pick<Context, "progress">,
): Promise<VerifyReport> {
  const reach = await reachObjects(repository.store, descriptors, progress);
  const audit: FullAudit = quick
    ? { ...(await quickAudit(repository, reach, progress)), objects: 0, bytes: 0 }
    : await fullAudit(repository, reach, { everything: all, progress });
  const payloads = await auditPayloads(repository, descriptors, { quick, progress });
  const { damages, objects, bytes } = audit;
  const judged = judgeSnapshots(repository, descriptors, {
    damages,
    payloads: payloads.damages,
    quick,
  });
  const hidden = new Set(descriptors.filter(isHidden).map((one) => one.snapshot_id));
  const isShown = ({ snapshot_id: id, tamper_detected }: SnapshotVerdict): boolean =>
    ref !== undefined || all || tamper_detected || !hidden.has(id);
  const verdicts = [...judged.filter(isShown), ...rejected].sort((one, other) =>
    one.snapshot_id < other.snapshot_id ? 1 : -1,
  );
  const others = ref === undefined ? audit.others : [];
  const damaged = others.length > 0 || verdicts.some(({ tamper_detected }) => tamper_detected);
  const lost = [
    ...damages.filter((one) => !one.readable && mayBeWanted(reach, one.id)).map(({ id }) => id),
    ...[...payloads.damages.values()]
      .flat()
      .filter(({ readable }) => !readable)
      .map(({ object }) => object),
  ];
  return {
    ...{ verdicts, others, quick, damaged, lost },
    needIsUnknown: reach.unreadable.size > 0,
    objects: objects + payloads.files,
    bytes: bytes + payloads.bytes,
  };
}

/** Below a folder that cannot be read anything may be needed. */
function mayBeWanted({ wanted, unreadable }: Reach, id: ObjectId): boolean {
  const key = new IdKey();
  return unreadable.size > 0 || (key.set(id) && wanted.has(key));
}

/** Lists leave these out, see listHistory. */
function isHidden({ kind }: Descriptor): boolean {
  return kind === "safety";
}

function choose(ctx: Context, repository: Repository, { ref }: VerifyQuery): Chosen {
  if (ref === undefined) return chooseAll(repository);
  const { repo } = repository;
  try {
    const worktree = worktreeAt(ctx, repository);
    return { descriptors: [resolveRef({ repo, worktree, now: ctx.now() }, ref)], rejected: [] };
  } catch (error) {
    const rejected = rejectedBy(error);
    if (rejected === undefined) throw error;
    return { descriptors: [], rejected: [rejected] };
  }
}

/** Every snapshot of the repository. */
export function chooseAll({ repo }: Repository): Chosen {
  const { descriptors, unreadable } = listDescriptors(repo);
  return { descriptors, rejected: unreadable.map(({ id, why }) => rejectSnapshot(id, why)) };
}

/** What HEAD means; a garbled record of a worktree must not keep ids from being verified. */
function worktreeAt(ctx: Context, { repo }: Repository): Worktree | undefined {
  try {
    return locateWorktree(repo, ctx.cwd)?.worktree;
  } catch {
    return undefined;
  }
}

/** The verdict on the snapshot whose record the error is about. */
function rejectedBy(error: unknown): SnapshotVerdict | undefined {
  if (!(error instanceof JvsError) || error.code !== "E_DESCRIPTOR_CORRUPT") return undefined;
  const { snapshot_id: id, why } = error.details;
  if (typeof id !== "string" || !isSnapshotId(id)) return undefined;
  return rejectSnapshot(id as SnapshotId, String(why));
}
