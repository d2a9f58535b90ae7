import { TreeFiller } from "../engines/tree-filler.ts";
import { failPoint } from "../model/fail-point.ts";
import type { RestoreIssue } from "../model/reports.ts";
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
import { openWorkspaceFolder, ownerOfFolder } from "../tree/workspace-folder.ts";
import { cloneToDraft, settleDraft } from "./clone-worktree.ts";
import type { Context } from "./context.ts";
import { indexNewWorkspace } from "./index-new-workspace.ts";
import type { Filled, FillOrder, MakePlan, MakeWork } from "./make-work.ts";
import { openOrigin } from "./open-origin.ts";
import { listSlots } from "./open-workspace.ts";
import { linksOf, viewOf } from "./tree-of.ts";
import { intentOfPlan } from "./worktree-intent.ts";
import { finishWorktreePlan, type WorktreePlan } from "./worktree-plan.ts";

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
    const cloned = await cloneToDraft(ctx, draft, { work, plan });
    if (cloned === undefined) makeDraftFolder(draft);
    ready = { ...plan, ...folderOf(draft) };
    // Which folder it is counts once that has its name: so this can be written while the disk is at work.
    const meanwhile = (): void => replaceIntent(repo, intentOfPlan(ctx, ready));
    const order = { ...work, filler: making.filler, meanwhile };
    filled =
      cloned === undefined || work.content === null
        ? await fill(ctx, draft, order)
        : await settleDraft(ctx, draft, {
            ...order,
            ...cloned,
            content: work.content,
            id: plan.id,
          });
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
