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
import { cloneToDraft, findCloneWays } from "./clone-worktree.ts";
import type { Context } from "./context.ts";
import { indexNewWorkspace } from "./index-new-workspace.ts";
import type { Filled, FillOrder, MakePlan, MakeWork } from "./make-work.ts";
import { openOrigin } from "./open-origin.ts";
import { listSlots } from "./open-workspace.ts";
import { settleDraft } from "./settle-draft.ts";
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
  const ways = findCloneWays(work, plan.here);
  using making = new Making(work, plan.here);
  // Its threads start now, while the intent is written down.
  if (ways.length === 0) making.start();
  const intent = intentOfPlan(ctx, plan);
  writeIntent(repo, intent, { sync: true });
  failPoint("worktree-intent");
  let filled: Filled;
  let ready: WorktreePlan = plan;
  const draft = besidePath(place.workspace, plan.id);
  try {
    const cloned = await cloneToDraft(ctx, draft, { work, plan, ways });
    if (cloned === undefined) makeDraftFolder(draft);
    ready = { ...plan, ...folderOf(draft) };
    // Which folder it is counts once that has its name: so this can be written while the disk is at work.
    const meanwhile = (): void => replaceIntent(repo, intentOfPlan(ctx, ready));
    const order = { ...work, meanwhile };
    filled =
      cloned === undefined || work.content === null
        ? await fill(ctx, draft, { ...order, filler: making.start() })
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
  if (filled.index !== undefined) indexNewWorkspace(made, filled.index);
  return filled.issues;
}

/** What fills the folder, once it is started. */
class Making implements Disposable {
  private readonly stack = new DisposableStack();
  private readonly work: MakeWork;
  private readonly here: string;
  private filler: TreeFiller | undefined;

  constructor(work: MakeWork, here: string) {
    this.work = work;
    this.here = here;
  }

  start(): TreeFiller {
    this.filler ??= this.openFiller();
    return this.filler;
  }

  private openFiller(): TreeFiller {
    const { repository, content } = this.work;
    const { repo } = repository;
    const origin = content === null ? undefined : openOrigin(repo, content, this.here);
    if (origin !== undefined) this.stack.use(origin);
    const { objects } = repo.layout;
    const entries = content?.entries ?? 0;
    const slots = content === null ? [] : listSlots(repo);
    return this.stack.use(new TreeFiller({ objects, slots, entries, origin }));
  }

  [Symbol.dispose](): void {
    this.stack[Symbol.dispose]();
  }
}

function folderOf(draft: string): Pick<WorktreePlan, "folder"> {
  const folder = identityOf(draft);
  return folder === undefined ? {} : { folder };
}

async function fill(
  ctx: Context,
  draft: string,
  { repository, place, content, filler, meanwhile }: FillOrder & { readonly filler: TreeFiller },
): Promise<Filled> {
  const { repo, store } = repository;
  const { layout, record } = repo;
  if (place.isOutside) writePointer(draft, { repo_root: layout.root, repo_id: record.repo_id });
  using folder = openWorkspaceFolder(draft);
  const owner = claimRoot(folder.fd, ownerOfFolder(layout.root));
  if (content === null) {
    meanwhile();
    return { issues: [], index: undefined };
  }
  const { issues, index } = await writeTree({
    root: folder.fd,
    tree: viewOf(store, content),
    links: linksOf(store, content.links),
    wantedRoot: content,
    content: store,
    owner,
    progress: ctx.progress,
    isIndexed: true,
    fill: (work, context) => filler.fill(work, context),
  });
  failPoint("worktree-written");
  const synced = filler.sync(folder.fd);
  try {
    meanwhile();
    const table = index();
    return { issues, index: table && { table } };
  } finally {
    await synced;
  }
}
