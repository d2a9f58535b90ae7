import { TreeFiller } from "../engines/tree-filler.ts";
import { failPoint } from "../model/fail-point.ts";
import type { RestoreIssue } from "../model/reports.ts";
import type { Descriptor } from "../model/snapshot.ts";
import type { Worktree } from "../model/worktree.ts";
import type { ForkPlace } from "../repo/fork-place.ts";
import { removeIntent, replaceIntent, writeIntent } from "../repo/intents.ts";
import { ensureFreeSpace } from "../repo/publish.ts";
import {
  besidePath,
  identityOf,
  makeDraftFolder,
  moveFolder,
  removeDraftFolder,
} from "../repo/worktree-folder.ts";
import { writePointer } from "../repo/worktree-pointer.ts";
import { claimRoot } from "../tree/apply/claim-root.ts";
import { writeTree } from "../tree/apply/write-tree.ts";
import type { ScanTable } from "../tree/scan-table.ts";
import { openWorkspaceFolder, ownerOfFolder } from "../tree/workspace-folder.ts";
import type { Context } from "./context.ts";
import { indexNewWorkspace } from "./index-new-workspace.ts";
import { openOrigin } from "./open-origin.ts";
import { listSlots, type Repository } from "./open-workspace.ts";
import { linksOf, viewOf } from "./tree-of.ts";
import { intentOfPlan } from "./worktree-intent.ts";
import { finishWorktreePlan, type WorktreePlan } from "./worktree-plan.ts";

/** A plan whose worktree does not exist yet. */
export type MakePlan = WorktreePlan & { readonly after: Worktree };

/** What it takes to carry it out. */
export interface MakeWork {
  readonly repository: Repository;
  readonly place: ForkPlace;
  /** What the new workspace is to hold; null for nothing. */
  readonly content: Descriptor | null;
}

/**
 * Makes a workspace with its record. It is written under a name beside its own and gets that when it
 * is complete. The caller holds the lock of the new name, and a share in that of the store.
 *
 * Returns what of the content the system refused.
 *
 * @throws E_EXISTS, E_NO_SPACE, E_OBJECT_MISSING, E_OBJECT_DAMAGED, E_INTERRUPTED; nothing is left then
 */
export async function makeWorktree(
  ctx: Context,
  plan: MakePlan,
  work: MakeWork,
): Promise<readonly RestoreIssue[]> {
  const { repository, place } = work;
  const { repo } = repository;
  ensureFreeSpace(repo);
  using making = startMaking(work, plan.here);
  const intent = intentOfPlan(ctx, plan);
  writeIntent(repo, intent, { sync: true });
  failPoint("worktree-intent");
  let filled: Filled;
  let ready: WorktreePlan = plan;
  const draft = besidePath(place.workspace, plan.id);
  try {
    makeDraftFolder(draft);
    ready = { ...plan, ...folderOf(draft) };
    // Which folder it is counts once that has its name: so this can be written while the disk is at work.
    const meanwhile = (): void => replaceIntent(repo, intentOfPlan(ctx, ready));
    filled = await fill(ctx, draft, { ...work, filler: making.filler, meanwhile });
    failPoint("worktree-ready");
    moveFolder(draft, place.workspace);
  } catch (error) {
    await removeDraftFolder(draft);
    removeIntent(repo, intent);
    throw error;
  }
  failPoint("worktree-placed");
  finishWorktreePlan(repo, ready);
  failPoint("worktree-finished");
  removeIntent(repo, intent);
  const made = { ...repository, worktree: plan.after, path: place.workspace };
  if (filled.table !== undefined) indexNewWorkspace(made, filled.table);
  return filled.issues;
}

/** What fills the folder. It starts its threads now, while the intent is written down. */
function startMaking(
  { repository: { repo }, content }: MakeWork,
  here: string,
): Disposable & { readonly filler: TreeFiller } {
  using stack = new DisposableStack();
  const origin = content === null ? undefined : openOrigin(repo, content, here);
  if (origin !== undefined) stack.use(origin);
  const { objects } = repo.layout;
  const entries = content?.entries ?? 0;
  const slots = content === null ? [] : listSlots(repo);
  const filler = stack.use(new TreeFiller({ objects, slots, entries, origin }));
  const moved = stack.move();
  return { filler, [Symbol.dispose]: () => moved[Symbol.dispose]() };
}

function folderOf(draft: string): Pick<WorktreePlan, "folder"> {
  const folder = identityOf(draft);
  return folder === undefined ? {} : { folder };
}

interface Filled {
  /** What of the content the system refused. */
  readonly issues: readonly RestoreIssue[];
  /** What was written, where it is all that was to be. */
  readonly table: ScanTable | undefined;
}

type FillOrder = MakeWork & {
  readonly filler: TreeFiller;
  /** What is left to do while the content is on its way to the disk. */
  meanwhile(): void;
};

async function fill(
  ctx: Context,
  draft: string,
  { repository, place, content, filler, meanwhile }: FillOrder,
): Promise<Filled> {
  const { repo, store } = repository;
  const { layout, record } = repo;
  if (place.isOutside) writePointer(draft, { repo_root: layout.root, repo_id: record.repo_id });
  using folder = openWorkspaceFolder(draft);
  const owner = claimRoot(folder.fd, ownerOfFolder(layout.root));
  if (content === null) {
    meanwhile();
    return { issues: [], table: undefined };
  }
  const { issues, index } = await writeTree({
    root: folder.fd,
    tree: viewOf(store, content),
    links: linksOf(store, content.links),
    wantedRoot: content,
    content: store,
    owner,
    progress: ctx.progress,
    fill: (work, context) => filler.fill(work, context),
  });
  failPoint("worktree-written");
  const synced = filler.sync(folder.fd);
  try {
    meanwhile();
    return { issues, table: index() };
  } finally {
    await synced;
  }
}
