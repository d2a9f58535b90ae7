import type { Captured, CaptureInput, SecondPack } from "../engines/engine.ts";
import type { Loss } from "../model/entry.ts";
import { failPoint } from "../model/fail-point.ts";
import type { Descriptor } from "../model/snapshot.ts";
import {
  hasDescriptor,
  publishDescriptor,
  readDescriptor,
  writeDescriptorDraft,
} from "../repo/descriptors.ts";
import { openDraft, removeDraft } from "../repo/drafts.ts";
import { removeIntent, writeIntent } from "../repo/intents.ts";
import { payloadPath } from "../repo/layout.ts";
import { hasPayload, removePayload } from "../repo/payloads.ts";
import { syncForPublish, syncInstalledPacks } from "../repo/publish.ts";
import { draftHead, dropHeadDraft } from "../repo/worktrees.ts";
import type { PackWriter } from "../store/object-store.ts";
import { releaseIndex } from "../tree/mapped-indexes.ts";
import type { PartialScope } from "../tree/partial-tree.ts";
import type { Scan } from "../tree/scan-result.ts";
import { isWorn } from "../tree/scan-touched.ts";
import type { TreeState } from "../tree/seal-tree.ts";
import type { WorkspaceFolder } from "../tree/workspace-folder.ts";
import { describeSnapshot, type SnapshotWords, type SnapshotWork } from "./describe-snapshot.ts";
import { finishSnapshot, headMoveOf } from "./finish-snapshot.ts";
import { type HashLater, UnreadContent } from "./leave-content.ts";
import { rememberScan } from "./remember-scan.ts";
import { holdsState, recordedView } from "./tree-of.ts";

export interface CaptureRequest extends SnapshotWords {
  readonly allowUnstable: boolean;
  /** Take none when the workspace is as one of these snapshots says. */
  readonly unlessAs: readonly Descriptor[];
  /** Leave content that changed unread: `where-possible`, or fail (`always`). */
  readonly hashLater?: HashLater;
  /** The caller changes the workspace next, and writes the index then: once is enough. */
  readonly isPassing?: boolean;
  /** Nobody asks what is mounted in the workspace, or open: it need not be looked at itself. */
  readonly mayFreeze?: boolean;
}

export interface Capture {
  /** The new snapshot, or the one of `unlessAs` that holds the same. */
  readonly descriptor: Descriptor;
  readonly unchanged: boolean;
  /** The workspace as it was captured. */
  readonly scan: Scan;
  readonly losses: readonly Loss[];
}

/** A capture under way. */
export interface CaptureWork extends SnapshotWork {
  readonly request: CaptureRequest;
  readonly folder: WorkspaceFolder;
  /** Undefined where the workspace is frozen first, and looked at then. */
  readonly scan: Scan | undefined;
  readonly trustBefore: number;
  readonly partial: PartialScope | undefined;
  /** The names of content that changed are left for later. */
  readonly isLater: boolean;
}

/** The one of the known snapshots that holds this tree. */
function findSame({ unlessAs }: CaptureRequest, tree: TreeState): Descriptor | undefined {
  return unlessAs.find((descriptor) => holdsState(descriptor, tree));
}

/** What is said of a workspace that is as a snapshot has it. */
export function unchangedCapture(scan: Scan, descriptor: Descriptor): Capture {
  return { descriptor, unchanged: true, scan, losses: scan.losses };
}

/**
 * Steps 3 to 12 of docs/format.md, "Publish". Whatever fails before step 10 leaves everything as it
 * was.
 *
 * @throws E_NO_SPACE, E_FILE_CHANGING, E_ENGINE_UNUSABLE, E_INTERRUPTED, SystemError
 */
export async function publishCapture(work: CaptureWork): Promise<Capture> {
  const { workspace, id, ctx } = work;
  const { repo, worktree } = workspace;
  const intent = { id, kind: "snapshot", worktree: worktree.name } as const;
  failPoint("step-3");
  writeIntent(repo, {
    ...intent,
    started_at: ctx.now().toISOString(),
    pid: ctx.actor.pid,
    data: { actor: ctx.actor },
  });
  failPoint("step-4");
  const draft = openDraft(repo, intent);
  try {
    const { descriptor, scan, isKnown, isIndexExact } = await fillDraft(work, draft);
    if (isKnown) {
      await clear(work, draft);
      if (isIndexExact) rememberCapture(work, scan, true);
      return unchangedCapture(scan, descriptor);
    }
    finishSnapshot(repo, descriptor, { actor: ctx.actor, isDrafted: true });
    failPoint("step-12");
    await clear(work, draft);
    if (isIndexExact) rememberCapture(work, scan, true);
    // What was mapped for this scan alone is ours no more; nobody else scans under the lock.
    if (work.scan === undefined) releaseIndex(scan.table);
    return { descriptor, unchanged: false, scan, losses: descriptor.losses };
  } catch (error) {
    // Once published it stays; the next command finishes what is left from the intent.
    if (!hasDescriptor(repo, id)) {
      dropHeadDraft(repo, worktree.name);
      await clear(work, draft);
    }
    throw error;
  }
}

/** As {@link rememberScan}, for a capture. */
export function rememberCapture(
  { workspace, request }: Pick<CaptureWork, "workspace" | "request">,
  scan: Scan,
  isNews: boolean,
): void {
  const { table, changed, foundDirty } = scan;
  // What took a walk of everything to find, or will take one, is worth an index of its own.
  const isLeft = request.isPassing === true && table.mappedFd !== undefined && !isWorn(table);
  if (!isLeft || changed.length + foundDirty === 0) rememberScan(workspace, scan, isNews);
}

async function clear(
  { workspace: { repo, worktree }, id, engine }: CaptureWork,
  draft: string,
): Promise<void> {
  // The intent goes last: commands that only read look for nothing else.
  removeDraft(draft);
  if (engine.keepsFolders && !hasDescriptor(repo, id)) await removePayload(repo, id);
  removeIntent(repo, { id, kind: "snapshot", worktree: worktree.name });
}

/** What came of the steps 5 to 10. */
interface Filled {
  readonly descriptor: Descriptor;
  readonly scan: Scan;
  /** The workspace turned out to be as one of `unlessAs`. */
  readonly isKnown: boolean;
  readonly isIndexExact: boolean;
}

async function fillDraft(work: CaptureWork, draft: string): Promise<Filled> {
  const { workspace, request } = work;
  const { repo, store } = workspace;
  failPoint("step-5");
  const writer = store.openWriter(draft, request.compression?.level);
  let second: SecondPack | undefined;
  const later = new UnreadContent(repo, work);
  try {
    await takeOverBase(work, writer);
    const { scan, captured } = await putAtRest(work, draft, { writer, ...later.begin() });
    second = captured.second;
    const { isIndexExact } = captured;
    const known = findSame(request, captured.tree);
    if (known !== undefined) return { descriptor: known, scan, isKnown: true, isIndexExact };
    failPoint("step-8");
    const written = writer.end();
    const storedBytes = writer.storedBytes + (second?.storedBytes ?? 0) + (captured.slotBytes ?? 0);
    const descriptor = describeSnapshot(work, captured.tree, {
      losses: captured.losses,
      storedBytes,
      state: later.state,
    });
    writeDescriptorDraft(draft, descriptor, { sync: false });
    failPoint("step-9");
    const move = headMoveOf(descriptor);
    const beside = move === undefined ? [] : [draftHead(repo, workspace.worktree, move)];
    await syncForPublish(repo, draft, { written, beside });
    writer.install();
    await second?.install();
    if (second?.hasStored === true) store.refresh();
    if (writer.objectCount > 0 || second?.hasStored === true) syncInstalledPacks(repo);
    failPoint("step-10");
    publishDescriptor(repo, draft, work.id);
    failPoint("step-11");
    later.settle();
    return { descriptor, scan, isKnown: false, isIndexExact };
  } finally {
    second?.stop();
    writer.discard();
  }
}

async function takeOverBase(
  { partial, workspace, ctx }: CaptureWork,
  writer: PackWriter,
): Promise<void> {
  if (partial === undefined) return;
  const { storeBaseContent } = await import("./store-base-content.ts");
  await storeBaseContent(workspace, partial, { writer, progress: ctx.progress });
}

async function putAtRest(
  work: CaptureWork,
  draft: string,
  sink: Pick<CaptureInput, "writer" | "standIn">,
): Promise<{ scan: Scan; captured: Captured }> {
  const { ctx, workspace, folder, scan, trustBefore, engine, id } = work;
  if (scan !== undefined)
    return { scan, captured: await engine.capture({ ...inputOf(work, scan), ...sink, draft }) };
  const { freezeWorkspace } = await import("./freeze-workspace.ts");
  const slot = payloadPath(workspace.repo.layout, id);
  const { progress } = ctx;
  const { writer } = sink;
  return await freezeWorkspace(workspace, { engine, folder, slot, writer, trustBefore, progress });
}

function inputOf(
  work: CaptureWork,
  scan: Scan,
): Omit<CaptureInput, "writer" | "standIn" | "draft"> {
  const { ctx, workspace, folder, request, trustBefore, partial, engine } = work;
  const { layout } = workspace.repo;
  const previous = engine.keepsFolders ? previousSlot(work) : undefined;
  return {
    workspace: folder,
    scan,
    objects: layout.objects,
    slot: payloadPath(layout, work.id),
    ...(previous === undefined ? {} : { previous }),
    allowUnstable: request.allowUnstable,
    trustBefore,
    ...(partial === undefined ? {} : { partial }),
    ...(request.compression === undefined ? {} : { level: request.compression.level }),
    progress: ctx.progress,
  };
}

/** The folder of the snapshot that the workspace stands on, if the same engine made it. */
function previousSlot({ workspace, engine }: CaptureWork): CaptureInput["previous"] {
  const { repo, store, worktree } = workspace;
  const { head_snapshot_id: head } = worktree;
  const descriptor = head === undefined ? undefined : readDescriptor(repo, head);
  if (descriptor?.engine !== engine.name || !hasPayload(repo, descriptor.snapshot_id))
    return undefined;
  const path = payloadPath(repo.layout, descriptor.snapshot_id);
  return { path, tree: recordedView(store, descriptor) };
}
