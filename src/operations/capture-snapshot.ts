import { chooseEngine, isAutomatic } from "../engines/choose-engine.ts";
import type { CaptureInput, CaptureLoad, Engine, SecondPack } from "../engines/engine.ts";
import { objectsEngine } from "../engines/objects.ts";
import type { Loss } from "../model/entry.ts";
import { JvsError } from "../model/errors.ts";
import { failPoint } from "../model/fail-point.ts";
import type { RawPath } from "../model/raw-path.ts";
import {
  type Compression,
  type Descriptor,
  makeSnapshotId,
  type SnapshotId,
  type SnapshotKind,
} from "../model/snapshot.ts";
import {
  hasDescriptor,
  publishDescriptor,
  readDescriptor,
  sealDescriptor,
  writeDescriptorDraft,
} from "../repo/descriptors.ts";
import { openDraft, removeDraft } from "../repo/drafts.ts";
import { removeIntent, writeIntent } from "../repo/intents.ts";
import { payloadPath } from "../repo/layout.ts";
import { logHead } from "../repo/operation-log.ts";
import { hasPayload, removePayload } from "../repo/payloads.ts";
import { ensureFreeSpace, syncForPublish, syncInstalledPacks } from "../repo/publish.ts";
import type { PartialScope } from "../tree/partial-tree.ts";
import type { Scan } from "../tree/scan-result.ts";
import { KIND } from "../tree/scan-table.ts";
import { sameState, type TreeState } from "../tree/seal-tree.ts";
import { openWorkspaceFolder, type WorkspaceFolder } from "../tree/workspace-folder.ts";
import type { Context } from "./context.ts";
import { finishSnapshot } from "./finish-snapshot.ts";
import { walk } from "./live-state.ts";
import { placeOf, type Workspace } from "./open-workspace.ts";
import { partialFields } from "./partial-paths.ts";
import { recogniseState } from "./recognise-state.ts";
import { rememberScan } from "./remember-scan.ts";
import { stateOf, viewOf } from "./tree-of.ts";

export interface CaptureRequest {
  readonly kind: SnapshotKind;
  readonly note: string;
  readonly tags: readonly string[];
  readonly meta: Readonly<Record<string, string>>;
  readonly allowUnstable: boolean;
  /** Take none when the workspace is as one of these snapshots says. */
  readonly unlessAs: readonly Descriptor[];
  /** Take only these paths from the workspace; the rest is as in head. */
  readonly only?: readonly RawPath[];
  readonly compression?: Compression;
}

export interface Capture {
  /** The new snapshot, or the one of `unlessAs` that holds the same. */
  readonly descriptor: Descriptor;
  readonly unchanged: boolean;
  /** The workspace as it was captured. */
  readonly scan: Scan;
  readonly losses: readonly Loss[];
}

/** One snapshot under way. */
interface Work {
  readonly ctx: Context;
  readonly workspace: Workspace;
  readonly request: CaptureRequest;
  readonly folder: WorkspaceFolder;
  readonly scan: Scan;
  readonly trustBefore: number;
  readonly id: SnapshotId;
  readonly engine: Engine;
  readonly partial: PartialScope | undefined;
}

/**
 * Takes a snapshot by the twelve steps of docs/format.md, "Publish"; the caller holds the lock of
 * the worktree (step 1) and releases it (the end of step 12). Whatever fails before step 10 leaves
 * everything as it was.
 *
 * @throws E_NO_SPACE, E_FILE_CHANGING, E_INTERRUPTED, SystemError
 */
export async function captureSnapshot(
  ctx: Context,
  workspace: Workspace,
  request: CaptureRequest,
): Promise<Capture> {
  const { repo } = workspace;
  const needs = { isPartial: request.only !== undefined };
  const choose = (load?: CaptureLoad): Engine =>
    chooseEngine(ctx.engine, placeOf(workspace), { ...needs, ...(load && { load }) }).engine;
  const first = choose(); // One that cannot work is refused before anything is looked at.
  using folder = openWorkspaceFolder(workspace.path);
  failPoint("step-2");
  const { scan, trustBefore } = await walk(ctx, workspace, folder);
  const { unlessAs, allowUnstable } = request;
  const reading = { root: folder.fd, allowUnstable, trustBefore, progress: ctx.progress };
  const known = await recogniseState(scan, { ...reading, known: unlessAs });
  if (known !== undefined) {
    rememberScan(workspace, scan, { isNews: scan.changed.length > 0, isStored: true });
    return unchanged(scan, known);
  }
  const partial = await scopeOf(workspace, request, scan);
  ensureFreeSpace(repo);
  const engine = isAutomatic(ctx.engine) ? choose(loadOf(scan)) : first;
  const work = { ctx, workspace, request, folder, scan, trustBefore, engine, partial };
  return await publishSomehow({ ...work, id: newId(ctx) });
}

function newId(ctx: Context): SnapshotId {
  return makeSnapshotId(ctx.now(), crypto.randomUUID().slice(0, 8));
}

function loadOf({ table, changed, unstored, entries }: Scan): CaptureLoad {
  const changedBytes = [...changed, ...unstored]
    .filter((row) => table.kind[row] === KIND.file)
    .reduce((sum, row) => sum + (table.size[row] as number), 0);
  return { entries, names: table.childCount[0] as number, changedBytes };
}

/** An engine that nobody asked for, and that finds out late that it cannot, is passed over. */
async function publishSomehow(work: Work): Promise<Capture> {
  const { ctx, engine } = work;
  try {
    return await publish(work);
  } catch (error) {
    const isRefusal = error instanceof JvsError && error.code === "E_ENGINE_UNUSABLE";
    if (!isRefusal || !isAutomatic(ctx.engine) || engine === objectsEngine) throw error;
    return await publish({ ...work, engine: objectsEngine, id: newId(ctx) });
  }
}

async function scopeOf(
  workspace: Workspace,
  { only }: CaptureRequest,
  scan: Scan,
): Promise<PartialScope | undefined> {
  if (only === undefined) return undefined;
  const { choosePartialScope } = await import("./partial-scope.ts");
  return choosePartialScope(workspace, scan, only);
}

/** The one of the known snapshots that holds this tree. */
function findSame({ unlessAs }: CaptureRequest, tree: TreeState): Descriptor | undefined {
  return unlessAs.find((descriptor) => sameState(tree, stateOf(descriptor)));
}

function unchanged(scan: Scan, descriptor: Descriptor): Capture {
  return { descriptor, unchanged: true, scan, losses: scan.losses };
}

async function publish(work: Work): Promise<Capture> {
  const { workspace, id, scan, ctx } = work;
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
    const { descriptor, isKnown, isIndexExact } = await fillDraft(work, draft);
    if (isKnown) {
      clear(work, draft);
      if (isIndexExact) rememberScan(workspace, scan, { isNews: true, isStored: true });
      return unchanged(scan, descriptor);
    }
    finishSnapshot(repo, descriptor, ctx.actor);
    failPoint("step-12");
    clear(work, draft);
    if (isIndexExact) rememberScan(workspace, scan, { isNews: true, isStored: true });
    return { descriptor, unchanged: false, scan, losses: descriptor.losses };
  } catch (error) {
    // Once published it stays; the next command finishes what is left from the intent.
    if (!hasDescriptor(repo, id)) clear(work, draft);
    throw error;
  }
}

function clear({ workspace: { repo, worktree }, id, engine }: Work, draft: string): void {
  // The intent goes last: commands that only read look for nothing else.
  removeDraft(draft);
  if (engine.keepsFolders && !hasDescriptor(repo, id)) removePayload(repo, id);
  removeIntent(repo, { id, kind: "snapshot", worktree: worktree.name });
}

/** What came of the steps 5 to 10. */
interface Filled {
  readonly descriptor: Descriptor;
  /** The workspace turned out to be as one of `unlessAs`. */
  readonly isKnown: boolean;
  readonly isIndexExact: boolean;
}

async function fillDraft(work: Work, draft: string): Promise<Filled> {
  const { workspace, request, engine } = work;
  const { repo, store } = workspace;
  failPoint("step-5");
  const writer = store.openWriter(draft, request.compression?.level);
  let second: SecondPack | undefined;
  try {
    const captured = await engine.capture({ ...inputOf(work), writer, draft });
    second = captured.second;
    const { isIndexExact } = captured;
    const known = findSame(request, captured.tree);
    if (known !== undefined) return { descriptor: known, isKnown: true, isIndexExact };
    failPoint("step-8");
    const written = writer.end();
    const storedBytes = writer.storedBytes + (second?.storedBytes ?? 0) + (captured.slotBytes ?? 0);
    const descriptor = describe(work, captured.tree, { losses: captured.losses, storedBytes });
    writeDescriptorDraft(draft, descriptor, { sync: false });
    failPoint("step-9");
    await syncForPublish(repo, draft, written);
    writer.install();
    await second?.install();
    if (second?.hasStored === true) store.refresh();
    if (writer.objectCount > 0 || second?.hasStored === true) syncInstalledPacks(repo);
    failPoint("step-10");
    publishDescriptor(repo, draft, work.id);
    failPoint("step-11");
    return { descriptor, isKnown: false, isIndexExact };
  } finally {
    second?.stop();
    writer.discard();
  }
}

function inputOf(work: Work): Omit<CaptureInput, "writer" | "draft"> {
  const { ctx, workspace, folder, scan, request, trustBefore, partial, engine } = work;
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
function previousSlot({ workspace, engine }: Work): CaptureInput["previous"] {
  const { repo, store, worktree } = workspace;
  const { head_snapshot_id: head } = worktree;
  const descriptor = head === undefined ? undefined : readDescriptor(repo, head);
  if (descriptor?.engine !== engine.name || !hasPayload(repo, descriptor.snapshot_id))
    return undefined;
  const path = payloadPath(repo.layout, descriptor.snapshot_id);
  return { path, tree: viewOf(store, descriptor) };
}

function describe(
  { ctx, workspace: { repo, worktree }, request, id, engine }: Work,
  tree: TreeState,
  { losses, storedBytes }: { losses: readonly Loss[]; storedBytes: number },
): Descriptor {
  const { note, tags, meta, kind, compression } = request;
  return sealDescriptor({
    format: 2,
    snapshot_id: id,
    ...(worktree.head_snapshot_id === undefined ? {} : { parent_id: worktree.head_snapshot_id }),
    worktree_name: worktree.name,
    created_at: ctx.now().toISOString(),
    ...(note === "" ? {} : { note }),
    ...(tags.length === 0 ? {} : { tags }),
    ...(Object.keys(meta).length === 0 ? {} : { meta }),
    kind,
    engine: engine.name,
    payload_root_hash: tree.root,
    root_mode: tree.rootMode.toString(8).padStart(4, "0"),
    ...(tree.rootXattrs === undefined ? {} : { root_xattrs: tree.rootXattrs }),
    ...(tree.links === undefined ? {} : { links: tree.links }),
    entries: tree.entries,
    bytes: tree.bytes,
    stored_bytes: storedBytes,
    losses,
    ...partialFields(request.only),
    ...(compression === undefined ? {} : { compression }),
    audit_head: logHead(repo),
    integrity_state: "verified",
  });
}
