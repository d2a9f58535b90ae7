import { JvsError } from "../model/errors.ts";
import type { HistoryQuery, HistoryReport } from "../model/reports.ts";
import type { Descriptor } from "../model/snapshot.ts";
import { isDetached, type Worktree } from "../model/worktree.ts";
import { listDescriptors } from "../repo/descriptors.ts";
import { locateWorktree } from "../repo/locate-worktree.ts";
import type { Repo } from "../repo/repo.ts";
import type { Context } from "./context.ts";
import { Lineage } from "./lineage.ts";
import { openForReading } from "./lock-workspace.ts";
import { openRepository } from "./open-workspace.ts";
import { startSealing } from "./seal/start-sealing.ts";

/**
 * The snapshots that lead to where the workspace stands, or with `all` every one of the repository.
 * Automatic and safety snapshots are shown only when asked for.
 *
 * @throws E_NO_REPOSITORY
 */
export async function listHistory(ctx: Context, query: HistoryQuery): Promise<HistoryReport> {
  const { repo, worktree } = await locate(ctx, query.all);
  await startSealing(ctx, repo);
  const warnings: string[] = [];
  const isListed = matcher(query);
  const snapshots: Descriptor[] = [];
  const most = query.limit === 0 ? Number.POSITIVE_INFINITY : Math.max(query.limit, 0);
  let total = 0;
  const all = isWhole(query) ? everything(repo, warnings) : lineage(repo, worktree, warnings);
  for (const descriptor of all) {
    total++;
    if (snapshots.length === most) break;
    if (isListed(descriptor)) snapshots.push(descriptor);
  }
  return { snapshots, total, ...standing(worktree), warnings };
}

/** Where the workspace stands. */
function standing(
  worktree: Worktree | undefined,
): Pick<HistoryReport, "head" | "latest" | "detached"> {
  if (worktree === undefined) return { head: null, latest: null, detached: false };
  const { head_snapshot_id: head = null, latest_snapshot_id: latest = null } = worktree;
  return { head, latest, detached: isDetached(worktree) };
}

async function locate(
  ctx: Context,
  all: boolean,
): Promise<{ repo: Repo; worktree: Worktree | undefined }> {
  if (!all) return openForReading(ctx);
  const { repo } = openRepository(ctx);
  return locateWorktree(repo, ctx.cwd) === undefined
    ? { repo, worktree: undefined }
    : openForReading(ctx);
}

/** Safety snapshots lie beside the lineage: to show them is to look at all. */
function isWhole({ all, kind }: HistoryQuery): boolean {
  return all || kind === "safety" || kind === "all";
}

function* lineage(
  repo: Repo,
  worktree: Worktree | undefined,
  warnings: string[],
): Generator<Descriptor> {
  const head = worktree?.head_snapshot_id;
  let last = head;
  try {
    for (const descriptor of new Lineage(repo).walk(head)) {
      last = descriptor.snapshot_id;
      yield descriptor;
    }
  } catch (error) {
    if (!(error instanceof JvsError)) throw error;
    warnings.push(`The history ends at ${last}: ${error.message}`);
  }
}

function* everything(repo: Repo, warnings: string[]): Generator<Descriptor> {
  const { descriptors, unreadable } = listDescriptors(repo);
  for (const { id, why } of unreadable) warnings.push(`Snapshot ${id} cannot be read: ${why}`);
  yield* descriptors;
}

function matcher({
  kind = "manual",
  grep,
  tag,
}: HistoryQuery): (descriptor: Descriptor) => boolean {
  return (descriptor) =>
    (kind === "all" ||
      descriptor.kind === kind ||
      (kind === "manual" && descriptor.kind === "import")) &&
    (grep === undefined || (descriptor.note ?? "").includes(grep)) &&
    (tag === undefined || (descriptor.tags ?? []).includes(tag));
}
