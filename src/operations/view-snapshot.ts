import { JvsError } from "../model/errors.ts";
import { failPoint } from "../model/fail-point.ts";
import type { ViewsClosed } from "../model/reports.ts";
import type { Descriptor } from "../model/snapshot.ts";
import { openDraft, removeDraft } from "../repo/drafts.ts";
import { locateWorktree } from "../repo/locate-worktree.ts";
import { hasPayload } from "../repo/payloads.ts";
import { ensureFreeSpace } from "../repo/publish.ts";
import {
  checkViews,
  closeToWriting,
  findView,
  isViewThere,
  listViews,
  notePayloadView,
  placeView,
  removeView,
  type View,
} from "../repo/views.ts";
import { claimRoot, syncWritten } from "../tree/apply/claim-root.ts";
import { takeAwayWriting } from "../tree/apply/take-away-writing.ts";
import { writeTree } from "../tree/apply/write-tree.ts";
import { openWorkspaceFolder, ownerOfFolder } from "../tree/workspace-folder.ts";
import type { Context } from "./context.ts";
import { lockNames } from "./lock-names.ts";
import { newId } from "./new-id.ts";
import { openRepository, type Repository } from "./open-workspace.ts";
import { resolveRef } from "./resolve-ref.ts";
import { linksOf, viewOf } from "./tree-of.ts";

/** A repository, with the worktree whose drafts are ours while we hold its lock. */
interface Place extends Repository {
  readonly worktree: string;
}

/**
 * Opens a snapshot as a folder that nobody can write through: the one that keeps it, or a copy. gc
 * leaves it alone until the view is closed.
 *
 * @throws E_NO_REPOSITORY, E_NOT_FOUND, E_AMBIGUOUS, E_LOCKED, E_NO_SPACE, E_OBJECT_MISSING,
 *   E_OBJECT_DAMAGED, E_INTERRUPTED
 */
export async function openView(ctx: Context, ref: string): Promise<View> {
  const place = placeOf(ctx);
  const { repo } = place;
  using _locks = await lockNames(ctx, place, { names: [place.worktree], command: "view" });
  const descriptor = find(ctx, place, ref);
  const { snapshot_id: id } = descriptor;
  checkViews(repo);
  const open = findView(repo, id);
  if (open === undefined || !isViewThere(open)) {
    if (hasPayload(repo, id)) notePayloadView(repo, id);
    else await makeCopy(ctx, place, descriptor);
  }
  const view = findView(repo, id) as View;
  closeToWriting(view);
  return view;
}

/** The views that are open. */
export async function listOpenViews(ctx: Context): Promise<View[]> {
  return listViews(openRepository(ctx).repo);
}

/**
 * Closes the view of a snapshot, or all of them: copies are removed, and gc may have the snapshots.
 *
 * @throws E_NO_REPOSITORY, E_NOT_FOUND, E_AMBIGUOUS, E_LOCKED
 */
export async function closeViews(ctx: Context, ref: string | undefined): Promise<ViewsClosed> {
  const place = placeOf(ctx);
  const { repo } = place;
  using _locks = await lockNames(ctx, place, { names: [place.worktree], command: "view --close" });
  checkViews(repo);
  const views = ref === undefined ? listViews(repo) : [getView(ctx, place, ref)];
  for (const view of views) close(ctx, place, view);
  return { closed: views.map(({ id }) => id) };
}

function placeOf(ctx: Context): Place {
  const repository = openRepository(ctx);
  return {
    ...repository,
    worktree: locateWorktree(repository.repo, ctx.cwd)?.worktree.name ?? "main",
  };
}

function find(ctx: Context, { repo }: Place, ref: string): Descriptor {
  const worktree = locateWorktree(repo, ctx.cwd)?.worktree;
  return resolveRef({ repo, worktree, now: ctx.now() }, ref);
}

function getView(ctx: Context, place: Place, ref: string): View {
  const { snapshot_id: id } = find(ctx, place, ref);
  const view = findView(place.repo, id);
  if (view !== undefined) return view;
  throw new JvsError(`Cannot close the view of snapshot ${id}: there is none`, {
    code: "E_NOT_FOUND",
    hint: "`jvs view --list` shows which are open",
    details: { ref, snapshot_id: id },
  });
}

async function makeCopy(ctx: Context, place: Place, descriptor: Descriptor): Promise<void> {
  const { repo, store, worktree } = place;
  const { snapshot_id: id } = descriptor;
  ensureFreeSpace(repo);
  const draft = openDraft(repo, { id: newId(ctx), worktree });
  try {
    {
      using folder = openWorkspaceFolder(draft);
      const owner = claimRoot(folder.fd, ownerOfFolder(repo.layout.root));
      const tree = viewOf(store, descriptor);
      await writeTree({
        root: folder.fd,
        tree,
        links: linksOf(store, descriptor.links),
        // It is renamed yet, for which its owner needs the right to write.
        wantedRoot: { ...descriptor, root_mode: "0700" },
        content: store,
        owner,
        progress: ctx.progress,
        isIndexed: false,
      });
      failPoint("view-written");
      takeAwayWriting(folder.fd, tree);
      syncWritten(folder.fd);
    }
    failPoint("view-ready");
    placeView(repo, id, draft);
  } catch (error) {
    removeDraft(draft);
    throw error;
  }
}

function close(ctx: Context, { repo, worktree }: Place, view: View): void {
  const draft = openDraft(repo, { id: newId(ctx), worktree });
  removeView(repo, view, draft);
  failPoint("view-closing");
  removeDraft(draft);
}
