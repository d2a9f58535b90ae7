import { readCopy } from "../engines/capture-slot.ts";
import { canCloneLive, cloneLive, cloneSlot, type FolderClone } from "../engines/clone-folder.ts";
import { copiesFiles } from "../engines/engine-names.ts";
import { generationNow } from "../engines/subvolume-history.ts";
import { JvsError } from "../model/errors.ts";
import type { Descriptor } from "../model/snapshot.ts";
import { payloadPath } from "../repo/layout.ts";
import { ownedWorkspace } from "../repo/owned-workspace.ts";
import { hasPayload } from "../repo/payloads.ts";
import type { Repo } from "../repo/repo.ts";
import { ensureFolderOf, removeDraftFolder } from "../repo/worktree-folder.ts";
import { readWorktree } from "../repo/worktrees.ts";
import { HASH_ONLY } from "../tree/content-sink.ts";
import { diffTrees } from "../tree/diff-trees.ts";
import type { Scan } from "../tree/scan-result.ts";
import { sealTree } from "../tree/seal-tree.ts";
import type { FrozenToken } from "../tree/table-facts.ts";
import { liveFolder } from "../tree/tree-source.ts";
import { openWorkspaceFolder, ownerOfFolder, trustedBefore } from "../tree/workspace-folder.ts";
import type { Context } from "./context.ts";
import { readLiveState } from "./live-state.ts";
import type { MakePlan, MakeWork } from "./make-work.ts";
import {
  type CopyOfFolder,
  type KnownCopy,
  knowSlotCopy,
  scanLiveCopy,
  walkCopy,
} from "./scan-copy.ts";
import { viewOf } from "./tree-of.ts";

/** A copy that the file system made. */
export interface ClonedDraft extends KnownCopy {
  /** Where the file system keeps account of changes: as what it was made. */
  readonly made?: FrozenToken | undefined;
  /** It was durable when it was made, and nothing that counts was done to it since. */
  readonly isDurable?: boolean;
}

/** What may become a copy, and where. */
interface Cloning {
  readonly ctx: Context;
  readonly work: MakeWork;
  readonly content: Descriptor;
  readonly here: string;
  readonly draft: string;
}

type Clone = (cloning: Cloning) => Promise<ClonedDraft | undefined>;

/** Ways to have most of a content by one act of the file system, the best one first. */
export type CloneWays = readonly Clone[];

/** Those that may be open: the folder of the snapshot itself, and the workspace in which the command was given. */
export function findCloneWays(
  { repository: { repo }, content, place }: MakeWork,
  here: string,
): CloneWays {
  // What a copy holds and no tree does, such as a socket, would have to be found and taken out.
  if (content === null || content.losses.length > 0) return [];
  const ways: Clone[] = [];
  if (hasPayload(repo, content.snapshot_id) && !copiesFiles(content.engine)) ways.push(fromSlot);
  if (canCopyLive(repo, here, place.workspace)) ways.push(fromLive);
  return ways;
}

function canCopyLive(repo: Repo, here: string, target: string): boolean {
  try {
    const workspace = ownedWorkspace(repo, readWorktree(repo, here));
    return canCloneLive({ workspace, control: repo.layout.jvs }, target);
  } catch {
    return false; // Gone, or not ours.
  }
}

/**
 * Copies what is wanted to `draft` by the first of the ways that works. Undefined, and nothing is
 * there, where none does, or writing the files is less work.
 *
 * @throws E_INTERRUPTED; SystemError where not even the folder of all forks can be made
 */
export async function cloneToDraft(
  ctx: Context,
  draft: string,
  { work, plan: { here }, ways }: { work: MakeWork; plan: MakePlan; ways: CloneWays },
): Promise<ClonedDraft | undefined> {
  const { content } = work;
  if (content === null || ways.length === 0) return undefined;
  ensureFolderOf(draft);
  for (const clone of ways) {
    const cloned = await attempt({ ctx, work, content, here, draft }, clone);
    if (cloned !== undefined) return cloned;
  }
  return undefined;
}

/** Whatever cannot be copied, such as a workspace that is gone, is written from the store. */
async function attempt(cloning: Cloning, clone: Clone): Promise<ClonedDraft | undefined> {
  try {
    return await clone(cloning);
  } catch (error) {
    await removeDraftFolder(cloning.draft);
    if (error instanceof JvsError && error.code === "E_INTERRUPTED") throw error;
    return undefined;
  }
}

async function fromSlot(cloning: Cloning): Promise<ClonedDraft | undefined> {
  const { ctx, work, content, draft, here } = cloning;
  const slot = payloadPath(work.repository.repo.layout, content.snapshot_id);
  if (!isFit(cloning, ownerOfFolder(slot))) return undefined;
  const { engine: by } = content;
  const clone = await cloneSlot(slot, { by, target: draft, progress: ctx.progress });
  if (clone === undefined) return undefined;
  using folder = openWorkspaceFolder(draft);
  const copy = { ctx, repository: work.repository, folder, content };
  const { history } = clone;
  const names = [content.worktree_name, here];
  const quick = history && (await knowSlotCopy(copy, { history, names }));
  const isDurable = history !== undefined;
  return { ...(quick ?? { scan: await walkCopy(copy) }), made: history?.made, isDurable };
}

async function fromLive(cloning: Cloning): Promise<ClonedDraft | undefined> {
  const { ctx, work, content, here, draft } = cloning;
  const { repository } = work;
  const { repo, store } = repository;
  const worktree = readWorktree(repo, here);
  using workspace = openWorkspaceFolder(ownedWorkspace(repo, worktree));
  if (!isFit(cloning, ownerOfFolder(workspace.path))) return undefined;
  const trustBefore = trustedBefore(workspace, Date.now());
  const since = generationNow(workspace.fd);
  const live = await readLiveState(ctx, { ...repository, worktree, path: workspace.path });
  if (live.losses.length > 0) return undefined;
  let changes = 0;
  for (const _ of diffTrees(liveFolder(live.scan.table), viewOf(store, content))) changes++;
  if (changes * 2 > content.entries) return undefined;
  const { scan } = live;
  const { progress } = ctx;
  const order = { workspace, scan, trustBefore, progress, control: repo.layout.jvs, target: draft };
  const clone = await cloneLive(order);
  if (clone === undefined) return undefined;
  using folder = openWorkspaceFolder(draft);
  const copy = { ctx, repository, folder, content };
  const { history } = clone;
  if (history === undefined || since === undefined)
    return { scan: await readClone(clone, copy, scan) };
  const quick = await scanLiveCopy(copy, { history, live: scan, since });
  return { scan: quick ?? (await walkCopy(copy)), made: history.made };
}

/** Whether the copy's top folder could be what a new workspace's is: ours to write into, and of the owner. */
function isFit({ work, content }: Cloning, owner: { uid: number; gid: number }): boolean {
  const wanted = ownerOfFolder(work.repository.repo.layout.root);
  const isWritable = (Number.parseInt(content.root_mode, 8) & 0o300) === 0o300;
  return isWritable && owner.uid === wanted.uid && owner.gid === wanted.gid;
}

async function readClone(
  { keepsLinks }: FolderClone,
  { ctx: { progress }, folder }: CopyOfFolder,
  scan: Scan,
): Promise<Scan> {
  const copy = await readCopy({ scan, writer: HASH_ONLY, progress }, folder, { hasMetadata: true });
  if (!keepsLinks) copy.linked.clear();
  sealTree(copy, HASH_ONLY.put, false);
  return copy;
}
