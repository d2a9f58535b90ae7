import type { Captured } from "../engines/engine.ts";
import { fromText, type RawPath, toText } from "../model/raw-path.ts";
import type { Descriptor, SnapshotId } from "../model/snapshot.ts";
import { sealDescriptor, writeImportedDescriptor } from "../repo/descriptors.ts";
import { openDraft, removeDraft } from "../repo/drafts.ts";
import { payloadPath } from "../repo/layout.ts";
import { expandV1Payload } from "../repo/v1/expand-payload.ts";
import { hashV1Payload } from "../repo/v1/payload-hash.ts";
import type { V1Place } from "../repo/v1/place-snapshots.ts";
import type { V1Descriptor } from "../repo/v1/v1-snapshot.ts";
import { outermostPaths, type PartialScope } from "../tree/partial-tree.ts";
import { scanWorkspace } from "../tree/scan.ts";
import type { Scan } from "../tree/scan-result.ts";
import { openWorkspaceFolder, trustedBefore } from "../tree/workspace-folder.ts";
import { linksOf, stateOf, viewOf } from "./tree-of.ts";
import type { Upgrade } from "./upgrade.ts";

/** Version 1 said so with a file in the content that the copy was whole. It is no content. */
const READY = fromText(".READY");

/** Imports one snapshot as far as it is there, and notes what is damaged. */
export async function importV1Snapshot(work: Upgrade, place: V1Place): Promise<void> {
  const { id, snapshot } = place;
  const damage = (why: string, outcome: string): void =>
    void work.damaged.push({ what: `snapshot ${id}`, why, outcome });
  if (snapshot === undefined) {
    work.notes.push(`snapshot ${id}, a parent of others, is gone: the history leads past it`);
    return;
  }
  const { payload, payloadFault, descriptor } = snapshot;
  if (payload === undefined) {
    damage(payloadFault ?? "its content is gone", "left out, the history leads past it");
    return;
  }
  const fault = faultOfRecord(place);
  if (fault !== undefined) damage(fault, `imported with what is there${describeGuess(place)}`);
  const state = checkPayload(payload, descriptor);
  if (state === "altered")
    damage("its content is not what was saved", "imported as it is now, marked in its facts");
  if (state === "not verifiable" && descriptor !== undefined)
    work.notes.push(
      `snapshot ${id} was compressed: its content cannot be verified, and the modes of its files are lost`,
    );
  const imported = await importContent(work, { id, payload, descriptor, place }, state);
  for (const { path, why } of imported.losses)
    damage(`"${path}" is not in it: ${why}`, "the rest is imported");
  work.imported.set(id, imported);
}

function faultOfRecord({ snapshot, guess }: V1Place): string | undefined {
  if (snapshot?.fault !== undefined || guess === undefined) return snapshot?.fault;
  return guess === "circle"
    ? "it is among its own ancestors"
    : "its record names a parent that is no snapshot id";
}

function describeGuess({ guess, parent }: V1Place): string {
  if (guess === undefined || parent === undefined) return "";
  return `, as if it came after ${parent}`;
}

type PayloadState = "verified" | "altered" | "not verifiable";

function checkPayload(payload: string, descriptor: V1Descriptor | undefined): PayloadState {
  if (descriptor === undefined || descriptor.compression !== undefined) return "not verifiable";
  return hashV1Payload(payload) === descriptor.payload_root_hash ? "verified" : "altered";
}

interface Source {
  readonly id: SnapshotId;
  readonly payload: string;
  readonly descriptor: V1Descriptor | undefined;
  readonly place: V1Place;
}

async function importContent(
  work: Upgrade,
  source: Source,
  state: PayloadState,
): Promise<Descriptor> {
  const { repo } = work;
  const draft = openDraft(repo, { id: source.id, worktree: "main" });
  try {
    const expanded = `${draft}/expanded`;
    const isPacked = source.descriptor?.compression !== undefined;
    if (isPacked) await expand(work, source, expanded);
    const { captured, storedBytes } = await capture(work, source, {
      draft,
      folder: isPacked ? expanded : source.payload,
    });
    const descriptor = describe(work, source, { captured, state, storedBytes });
    writeImportedDescriptor(repo, descriptor);
    return descriptor;
  } finally {
    removeDraft(draft);
  }
}

async function expand(work: Upgrade, { id, payload }: Source, target: string): Promise<void> {
  for (const path of await expandV1Payload(payload, target))
    work.notes.push(
      `snapshot ${id}: "${toText(path)}" is no compressed file, whatever its name says: imported as it is`,
    );
}

async function capture(
  work: Upgrade,
  source: Source,
  { draft, folder: path }: { draft: string; folder: string },
): Promise<{ captured: Captured; storedBytes: number }> {
  const { store, engine, ctx } = work;
  using folder = openWorkspaceFolder(path);
  const scan = await scanPayload(work, folder.fd);
  const writer = store.openWriter(draft);
  let second: Captured["second"];
  try {
    const partial = scopeOf(work, source);
    const captured = await engine.capture({
      workspace: folder,
      scan,
      writer,
      draft,
      objects: work.repo.layout.objects,
      slot: payloadPath(work.repo.layout, source.id),
      allowUnstable: true,
      trustBefore: trustedBefore(folder, Date.now()),
      ...(partial === undefined ? {} : { partial }),
      progress: ctx.progress,
    });
    second = captured.second;
    writer.end();
    const storedBytes = writer.storedBytes + (second?.storedBytes ?? 0);
    writer.install();
    await second?.install();
    store.refresh();
    return { captured, storedBytes };
  } finally {
    second?.stop();
    writer.discard();
  }
}

/** All of it: rules in its own files say what new snapshots leave out, not what an old one holds. */
function scanPayload({ ctx }: Upgrade, root: number): Promise<Scan> {
  return scanWorkspace({
    root,
    index: undefined,
    skip: READY,
    everything: true,
    trustBefore: 0,
    progress: ctx.progress,
  });
}

/** Version 1 kept the listed paths alone; here the rest of the tree is the parent's. */
function scopeOf({ store, imported }: Upgrade, { descriptor }: Source): PartialScope | undefined {
  const paths = partialPaths(descriptor);
  const parent = imported.get(descriptor?.parent_id as SnapshotId);
  if (paths.length === 0 || parent === undefined) return undefined;
  return {
    paths: outermostPaths(paths),
    base: viewOf(store, parent),
    baseState: stateOf(parent),
    baseLinks: linksOf(store, parent.links),
    baseLosses: parent.losses,
  };
}

/** None for a snapshot of everything. */
function partialPaths(descriptor: V1Descriptor | undefined): RawPath[] {
  const cleaned = (descriptor?.partial_paths ?? []).map((path) =>
    path.split("/").filter((part) => part !== "" && part !== "."),
  );
  return cleaned.some((parts) => parts.length === 0 || parts.includes(".."))
    ? []
    : cleaned.map((parts) => fromText(parts.join("/")));
}

function describe(
  { engine, rootModes }: Upgrade,
  source: Source,
  done: { captured: Captured; state: PayloadState; storedBytes: number },
): Descriptor {
  const { tree, losses } = done.captured;
  const { id, descriptor: old, place } = source;
  const { worktree, parent } = place;
  // A copy's own mode was never what its user chose.
  const rootMode = rootModes.get(worktree) ?? tree.rootMode;
  return sealDescriptor({
    format: 2,
    snapshot_id: id,
    worktree_name: worktree,
    ...(parent === undefined ? {} : { parent_id: parent }),
    ...labelsOf(source),
    meta: { v1_payload: done.state, ...factsOf(old, place) },
    kind: "import",
    engine: engine.name,
    payload_root_hash: tree.root,
    root_mode: rootMode.toString(8).padStart(4, "0"),
    ...(tree.links === undefined ? {} : { links: tree.links }),
    entries: tree.entries,
    bytes: tree.bytes,
    stored_bytes: done.storedBytes,
    losses,
    audit_head: "",
    integrity_state: "verified",
  });
}

function labelsOf({
  id,
  descriptor,
}: Source): Pick<Descriptor, "created_at" | "note" | "tags" | "partial_paths"> {
  const { created_at, note, tags } = descriptor ?? {};
  const paths = partialPaths(descriptor);
  return {
    created_at: isTime(created_at) ? created_at : timeOf(id),
    ...(note === undefined ? {} : { note }),
    ...(tags === undefined ? {} : { tags }),
    ...(paths.length === 0 ? {} : { partial_paths: paths.map(toText) }),
  };
}

/** What version 1 said that has no place of its own here. */
function factsOf(
  old: V1Descriptor | undefined,
  { guess, parent }: V1Place,
): Record<string, string> {
  const guessed = guess !== undefined && parent !== undefined ? { v1_parent: "guessed" } : {};
  if (old === undefined) return guessed;
  const { engine, payload_root_hash, parent_id } = old;
  return {
    v1_engine: engine,
    v1_payload_root_hash: payload_root_hash,
    ...guessed,
    ...(parent_id === undefined || parent_id === parent ? {} : { v1_parent_id: parent_id }),
  };
}

function isTime(text: string | undefined): text is string {
  return text !== undefined && !Number.isNaN(Date.parse(text));
}

/** An id begins with the milliseconds of its time. */
function timeOf(id: SnapshotId): string {
  return new Date(Number(id.slice(0, 13))).toISOString();
}
