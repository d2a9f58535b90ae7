import { failPoint } from "../model/fail-point.ts";
import type { RestoreIssue } from "../model/reports.ts";
import type { Descriptor } from "../model/snapshot.ts";
import type { Worktree } from "../model/worktree.ts";
import { removeDraft } from "../repo/drafts.ts";
import type { ForkPlace } from "../repo/fork-place.ts";
import { removeIntent, replaceIntent, writeIntent } from "../repo/intents.ts";
import { ensureFreeSpace } from "../repo/publish.ts";
import { besidePath, identityOf, makeDraftFolder, moveFolder } from "../repo/worktree-folder.ts";
import { writePointer } from "../repo/worktree-pointer.ts";
import { claimRoot, syncWritten } from "../tree/apply/claim-root.ts";
import { writeTree } from "../tree/apply/write-tree.ts";
import { openWorkspaceFolder, ownerOfFolder } from "../tree/workspace-folder.ts";
import type { Context } from "./context.ts";
import { indexNewWorkspace } from "./index-new-workspace.ts";
import type { Repository } from "./open-workspace.ts";
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
): Promise<RestoreIssue[]> {
  const { repository, place, content } = work;
  const { repo } = repository;
  ensureFreeSpace(repo);
  const intent = intentOfPlan(ctx, plan);
  writeIntent(repo, intent, { sync: true });
  failPoint("worktree-intent");
  let issues: RestoreIssue[];
  let ready: WorktreePlan = plan;
  const draft = besidePath(place.workspace, plan.id);
  try {
    makeDraftFolder(draft);
    issues = await fill(ctx, draft, work);
    ready = { ...plan, ...folderOf(draft) };
    replaceIntent(repo, intentOfPlan(ctx, ready));
    failPoint("worktree-ready");
    moveFolder(draft, place.workspace);
  } catch (error) {
    removeDraft(draft);
    removeIntent(repo, intent);
    throw error;
  }
  failPoint("worktree-placed");
  finishWorktreePlan(repo, ready);
  failPoint("worktree-finished");
  removeIntent(repo, intent);
  const made = { ...repository, worktree: plan.after, path: place.workspace };
  if (content !== null) await indexNewWorkspace(made, content);
  return issues;
}

function folderOf(draft: string): Pick<WorktreePlan, "folder"> {
  const folder = identityOf(draft);
  return folder === undefined ? {} : { folder };
}

async function fill(
  ctx: Context,
  draft: string,
  { repository: { repo, store }, place, content }: MakeWork,
): Promise<RestoreIssue[]> {
  const { layout, record } = repo;
  if (place.isOutside) writePointer(draft, { repo_root: layout.root, repo_id: record.repo_id });
  using folder = openWorkspaceFolder(draft);
  const owner = claimRoot(folder.fd, ownerOfFolder(layout.root));
  if (content === null) return [];
  const issues = await writeTree({
    root: folder.fd,
    tree: viewOf(store, content),
    links: linksOf(store, content.links),
    wantedRoot: content,
    content: store,
    owner,
    progress: ctx.progress,
  });
  failPoint("worktree-written");
  syncWritten(folder.fd);
  return issues;
}
