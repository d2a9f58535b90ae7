import { readCopy } from "../engines/capture-slot.ts";
import { cloneLive, cloneSlot, type FolderClone } from "../engines/clone-folder.ts";
import { JvsError } from "../model/errors.ts";
import type { RestoreIssue } from "../model/reports.ts";
import { type Descriptor, shortId } from "../model/snapshot.ts";
import { openStagingIn, removeDraft } from "../repo/drafts.ts";
import { payloadPath } from "../repo/layout.ts";
import { ownedWorkspace } from "../repo/owned-workspace.ts";
import { hasPayload } from "../repo/payloads.ts";
import { ensureFolderOf, removeDraftFolder } from "../repo/worktree-folder.ts";
import { writePointer } from "../repo/worktree-pointer.ts";
import { readWorktree } from "../repo/worktrees.ts";
import { adoptEntries } from "../tree/adopt-entries.ts";
import { stagePlan } from "../tree/apply/apply-actions.ts";
import { applyRoot } from "../tree/apply/apply-root.ts";
import { syncWritten } from "../tree/apply/claim-root.ts";
import type { Action } from "../tree/apply/plan-actions.ts";
import { HASH_ONLY } from "../tree/content-sink.ts";
import { diffTrees } from "../tree/diff-trees.ts";
import { readChanged } from "../tree/read-changed.ts";
import type { Scan } from "../tree/scan-result.ts";
import type { ScanTable } from "../tree/scan-table.ts";
import { sealTree } from "../tree/seal-tree.ts";
import { liveFolder } from "../tree/tree-source.ts";
import { walkTree } from "../tree/walk-tree.ts";
import {
  openWorkspaceFolder,
  ownerOfFolder,
  scanFolder,
  trustedBefore,
  type WorkspaceFolder,
} from "../tree/workspace-folder.ts";
import type { Context } from "./context.ts";
import { readLiveState } from "./live-state.ts";
import type { Filled, FillOrder, MakePlan, MakeWork } from "./make-work.ts";
import { planMove } from "./plan-move.ts";
import { viewOf } from "./tree-of.ts";

/** A copy that the file system made, with all its content named. */
export interface ClonedDraft {
  readonly scan: Scan;
}

/** What may become a copy, and where. */
interface Cloning {
  readonly ctx: Context;
  readonly work: MakeWork;
  readonly content: Descriptor;
  readonly here: string;
  readonly draft: string;
}

/**
 * Copies to `draft` what holds most of the content, by one act of the file system: the folder of the
 * snapshot itself, or the workspace in which the command was given. Undefined, and nothing is there,
 * where there is no such act, or writing the files is less work.
 *
 * @throws E_INTERRUPTED; SystemError where not even the folder of all forks can be made
 */
export async function cloneToDraft(
  ctx: Context,
  draft: string,
  { work, plan: { here } }: { work: MakeWork; plan: MakePlan },
): Promise<ClonedDraft | undefined> {
  const { content } = work;
  // What a copy holds and no tree does, such as a socket, would have to be found and taken out.
  if (content === null || content.losses.length > 0) return undefined;
  ensureFolderOf(draft);
  const cloning = { ctx, work, content, here, draft };
  return (await attempt(cloning, fromSlot)) ?? (await attempt(cloning, fromLive));
}

/** Whatever cannot be copied, such as a workspace that is gone, is written from the store. */
async function attempt(
  cloning: Cloning,
  clone: (cloning: Cloning) => Promise<ClonedDraft | undefined>,
): Promise<ClonedDraft | undefined> {
  try {
    return await clone(cloning);
  } catch (error) {
    await removeDraftFolder(cloning.draft);
    if (error instanceof JvsError && error.code === "E_INTERRUPTED") throw error;
    return undefined;
  }
}

async function fromSlot(cloning: Cloning): Promise<ClonedDraft | undefined> {
  const { ctx, work, content, draft } = cloning;
  const { repo, store } = work.repository;
  if (!hasPayload(repo, content.snapshot_id)) return undefined;
  const slot = payloadPath(repo.layout, content.snapshot_id);
  if (!isFit(cloning, ownerOfFolder(slot))) return undefined;
  const { engine: by } = content;
  const { progress } = ctx;
  if ((await cloneSlot(slot, { by, target: draft, progress })) === undefined) return undefined;
  using folder = openWorkspaceFolder(draft);
  const scan = await scanFolder(folder, { index: undefined, trustBefore: Infinity, progress });
  const rest = adoptEntries(scan, new Map(walkTree(viewOf(store, content))));
  await nameRest(folder, { scan, rest, ctx });
  return { scan };
}

async function fromLive(cloning: Cloning): Promise<ClonedDraft | undefined> {
  const { ctx, work, content, here, draft } = cloning;
  const { repository } = work;
  const { repo, store } = repository;
  const worktree = readWorktree(repo, here);
  using workspace = openWorkspaceFolder(ownedWorkspace(repo, worktree));
  if (!isFit(cloning, ownerOfFolder(workspace.path))) return undefined;
  const trustBefore = trustedBefore(workspace, Date.now());
  const live = await readLiveState(ctx, { ...repository, worktree, path: workspace.path });
  if (live.losses.length > 0) return undefined;
  const changes = diffTrees(liveFolder(live.scan.table), viewOf(store, content));
  if (changes.length * 2 > content.entries) return undefined;
  const { scan } = live;
  const { progress } = ctx;
  const order = { workspace, scan, trustBefore, progress, control: repo.layout.jvs, target: draft };
  const clone = await cloneLive(order);
  return clone === undefined ? undefined : { scan: await readClone(clone, { ctx, draft, scan }) };
}

/** Whether the copy's top folder could be what a new workspace's is: ours to write into, and of the owner. */
function isFit({ work, content }: Cloning, owner: { uid: number; gid: number }): boolean {
  const wanted = ownerOfFolder(work.repository.repo.layout.root);
  const isWritable = (Number.parseInt(content.root_mode, 8) & 0o300) === 0o300;
  return isWritable && owner.uid === wanted.uid && owner.gid === wanted.gid;
}

async function readClone(
  { keepsLinks }: FolderClone,
  { ctx, draft, scan }: { ctx: Context; draft: string; scan: Scan },
): Promise<Scan> {
  using folder = openWorkspaceFolder(draft);
  const { progress } = ctx;
  const copy = await readCopy({ scan, writer: HASH_ONLY, progress }, folder, { hasMetadata: true });
  if (!keepsLinks) copy.linked.clear();
  sealTree(copy, HASH_ONLY.put, false);
  return copy;
}

/** Reads what has no name yet, and names the tree. */
async function nameRest(
  { fd }: WorkspaceFolder,
  { scan, rest, ctx }: { scan: Scan; rest: readonly number[]; ctx: Context },
): Promise<void> {
  const { progress } = ctx;
  const options = { root: fd, sink: HASH_ONLY, stores: false, allowUnstable: true };
  await readChanged(scan, rest, { ...options, trustBefore: Infinity, progress });
  sealTree(scan, HASH_ONLY.put, false);
}

/** Turns the copy into what is wanted: what differs is taken from the store. */
export async function settleDraft(
  ctx: Context,
  draft: string,
  order: FillOrder & ClonedDraft & { readonly content: Descriptor; readonly id: string },
): Promise<Filled> {
  const { repository, place, content, scan, meanwhile } = order;
  const { repo, store } = repository;
  const { layout, record } = repo;
  const { actions } = await planMove(store, scan, { target: content, paths: [] });
  using folder = openWorkspaceFolder(draft);
  const issues = [
    ...(await applyIn(folder, { ctx, order, actions })),
    ...applyRoot(folder.fd, content, { table: scan.table, content: store }),
  ];
  if (place.isOutside) writePointer(draft, { repo_root: layout.root, repo_id: record.repo_id });
  const table = await tableOf(folder, { ctx, scan, actions });
  meanwhile();
  syncWritten(folder.fd);
  return { issues, table: issues.length > 0 ? undefined : table };
}

async function applyIn(
  folder: WorkspaceFolder,
  {
    ctx,
    order,
    actions,
  }: {
    ctx: Context;
    order: FillOrder & ClonedDraft & { readonly id: string };
    actions: readonly Action[];
  },
): Promise<readonly RestoreIssue[]> {
  if (actions.length === 0) return [];
  const { table } = order.scan;
  const staging = openStagingIn(folder.path, order.id);
  using staged = await stagePlan(actions, {
    root: folder.fd,
    table,
    staging,
    tag: shortId(order.id as Descriptor["snapshot_id"]),
    content: order.repository.store,
    owner: { uid: table.uid[0] as number, gid: table.gid[0] as number },
    progress: ctx.progress,
  });
  const { issues } = await staged.apply();
  removeDraft(staging);
  return issues;
}

/** The stat index of the copy as it is now. */
async function tableOf(
  folder: WorkspaceFolder,
  { ctx, scan, actions }: { ctx: Context; scan: Scan; actions: readonly Action[] },
): Promise<ScanTable> {
  if (actions.length === 0) return scan.table;
  const written = new Map(
    actions.flatMap((action) => (action.kind === "place" ? [[action.path, action.entry]] : [])),
  );
  const { progress } = ctx;
  const now = await scanFolder(folder, { index: scan.table, trustBefore: Infinity, progress });
  await nameRest(folder, { scan: now, rest: adoptEntries(now, written), ctx });
  return now.table;
}
