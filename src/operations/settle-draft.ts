import type { RestoreIssue } from "../model/reports.ts";
import { type Descriptor, shortId } from "../model/snapshot.ts";
import { openStagingIn, removeDraft } from "../repo/drafts.ts";
import { writePointer } from "../repo/worktree-pointer.ts";
import { stagePlan } from "../tree/apply/apply-actions.ts";
import { applyRoot, isRootAsWanted } from "../tree/apply/apply-root.ts";
import { syncWritten } from "../tree/apply/claim-root.ts";
import type { PlannedActions } from "../tree/apply/planned-actions.ts";
import type { Scan } from "../tree/scan-result.ts";
import type { ScanTable } from "../tree/scan-table.ts";
import { dropUnstored, noteUnsettled } from "../tree/unsettled-rows.ts";
import { openWorkspaceFolder } from "../tree/workspace-folder.ts";
import type { ClonedDraft } from "./clone-worktree.ts";
import type { Context } from "./context.ts";
import type { NewIndex } from "./index-new-workspace.ts";
import type { Filled, FillOrder } from "./make-work.ts";
import { planMove } from "./plan-move.ts";
import { type CopyOfFolder, nameRest, scanRest, walkCopy } from "./scan-copy.ts";

/** A copy, and what it is to be. */
export type SettleOrder = FillOrder &
  ClonedDraft & { readonly content: Descriptor; readonly id: string };

/** Turns the copy into what is wanted: what differs is taken from the store. */
export async function settleDraft(
  ctx: Context,
  draft: string,
  order: SettleOrder,
): Promise<Filled> {
  const { repository, place, meanwhile, reuse } = order;
  const { layout, record } = repository.repo;
  using folder = openWorkspaceFolder(draft);
  const copy = { ctx, repository, folder, content: order.content };
  const settled = order.scan === undefined ? undefined : await settle(copy, order, order.scan);
  if (place.isOutside) writePointer(draft, { repo_root: layout.root, repo_id: record.repo_id });
  meanwhile();
  const isChanged = settled?.isChanged ?? false;
  if (isChanged || place.isOutside || order.isDurable !== true) syncWritten(folder.fd);
  const issues = settled?.issues ?? [];
  if (issues.length > 0) return { issues, index: undefined };
  return { issues, index: reuse !== undefined && !isChanged ? { reuse } : settled?.index };
}

/** What it took to make the copy what is wanted. */
interface Settled {
  readonly issues: readonly RestoreIssue[];
  readonly isChanged: boolean;
  readonly index: NewIndex | undefined;
}

async function settle(copy: CopyOfFolder, order: SettleOrder, scan: Scan): Promise<Settled> {
  const { folder, content } = copy;
  const { store } = copy.repository;
  const { table } = scan;
  const { actions } = await planMove(store, scan, { target: content, paths: [] });
  const isChanged = actions.length > 0 || !isRootAsWanted(content, table);
  const issues = [
    ...(await applyIn(copy, { id: order.id, scan, actions })),
    ...applyRoot(folder.fd, content, { table, content: store }),
  ];
  if (issues.length > 0) return { issues, isChanged, index: undefined };
  const now = actions.length === 0 ? table : await scanSettled(copy, scan, actions);
  return { issues, isChanged, index: { table: now, frozen: order.made } };
}

async function applyIn(
  { ctx, folder, repository }: CopyOfFolder,
  work: { id: string; scan: Scan; actions: PlannedActions },
): Promise<readonly RestoreIssue[]> {
  const { id, actions } = work;
  const { table } = work.scan;
  if (actions.length === 0) return [];
  const staging = openStagingIn(folder.path, id);
  using staged = await stagePlan(actions, {
    root: folder.fd,
    table,
    staging,
    tag: shortId(id as Descriptor["snapshot_id"]),
    content: repository.store,
    owner: { uid: table.uid[0] as number, gid: table.gid[0] as number },
    progress: ctx.progress,
  });
  const { issues } = await staged.apply();
  removeDraft(staging);
  return issues;
}

/** The stat index of the copy as it is now. */
async function scanSettled(
  copy: CopyOfFolder,
  { table }: Scan,
  actions: PlannedActions,
): Promise<ScanTable> {
  const written = new Map(
    [...actions].flatMap((action) =>
      action.kind === "place" ? [[action.path, action.entry]] : [],
    ),
  );
  noteUnsettled(table);
  dropUnstored(table);
  const paths = Array.from(actions, ({ path }) => path);
  const now = await scanRest(copy, table, { paths, trees: [] });
  if (now === undefined) return (await walkCopy(copy)).table;
  await nameRest(copy, now, written);
  return now.table;
}
