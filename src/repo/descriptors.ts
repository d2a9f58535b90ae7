import { readdirSync, renameSync, statSync } from "../fs/files.ts";
import { createFile, syncFolder } from "../fs/write-atomic.ts";
import { JvsError } from "../model/errors.ts";
import { failPoint } from "../model/fail-point.ts";
import { type Descriptor, isSnapshotId, type SnapshotId } from "../model/snapshot.ts";
import { tryReadText } from "./control-file.ts";
import { hashRecord } from "./hash-record.ts";
import { formatPlainJson, type JsonObject, parseJsonObject } from "./json-object.ts";
import { descriptorDraftPath, descriptorPath } from "./layout.ts";
import type { Repo } from "./repo.ts";

/** A descriptor before {@link sealDescriptor}. */
export type UnsealedDescriptor = Omit<Descriptor, "descriptor_checksum">;

export interface DescriptorList {
  /** Newest first. */
  readonly descriptors: readonly Descriptor[];
  /** Damaged ones: named, not hidden. */
  readonly unreadable: readonly { readonly id: SnapshotId; readonly why: string }[];
}

/** Not covered by the checksum: itself, its signature, and what is set after it. */
const NOT_COVERED = ["descriptor_checksum", "signature", "integrity_state"];

/** The order in which people and `--json` see the fields; others follow. */
const FIELD_ORDER: readonly (keyof Descriptor)[] = [
  "format",
  "snapshot_id",
  "parent_id",
  "worktree_name",
  "created_at",
  "note",
  "tags",
  "meta",
  "kind",
  "engine",
  "payload_root_hash",
  "root_mode",
  "root_xattrs",
  "links",
  "entries",
  "bytes",
  "stored_bytes",
  "losses",
  "partial_paths",
  "partial_paths_base64",
  "compression",
  "audit_head",
  "integrity_state",
  "descriptor_checksum",
];

/** Adds the checksum, and puts the fields into their order. Fields that are undefined are dropped. */
export function sealDescriptor(unsealed: UnsealedDescriptor): Descriptor {
  const sealed: JsonObject = {
    ...unsealed,
    descriptor_checksum: hashRecord(unsealed, NOT_COVERED),
  };
  const keys = new Set<string>([...FIELD_ORDER, ...Object.keys(sealed)]);
  const fields = [...keys].map((key) => [key, sealed[key]] as const);
  return Object.fromEntries(
    fields.filter(([, value]) => value !== undefined),
  ) as unknown as Descriptor;
}

/**
 * Writes the descriptor into the draft, synced: its name must never be durable before its content.
 *
 * @param options.sync false when the caller syncs the whole file system before it publishes.
 */
export function writeDescriptorDraft(
  draftFolder: string,
  descriptor: Descriptor,
  options: { readonly sync: boolean } = { sync: true },
): void {
  createFile(descriptorDraftPath(draftFolder), formatPlainJson(descriptor), options);
}

/** Writes the record of an imported snapshot into a control folder that nobody uses yet. Not synced. */
export function writeImportedDescriptor({ layout }: Repo, descriptor: Descriptor): void {
  createFile(descriptorPath(layout, descriptor.snapshot_id), formatPlainJson(descriptor), {
    sync: false,
  });
}

/** The commit point: renames the descriptor out of its draft. When this returns, the snapshot exists for good. */
export function publishDescriptor({ layout }: Repo, draftFolder: string, id: SnapshotId): void {
  failPoint("before-publish");
  renameSync(descriptorDraftPath(draftFolder), descriptorPath(layout, id));
  syncFolder(layout.descriptors);
  failPoint("after-publish");
}

/**
 * Reads the record of one snapshot. Fields that this version does not know stay in it.
 *
 * @throws E_NOT_FOUND when there is no such snapshot, E_DESCRIPTOR_CORRUPT when its file is damaged.
 */
export function readDescriptor(repo: Repo, id: SnapshotId): Descriptor {
  const result = isSnapshotId(id) ? tryRead(repo, id) : undefined;
  if (result === undefined) {
    throw new JvsError(`snapshot '${id}' not found`, {
      code: "E_NOT_FOUND",
      hint: "Run jvs history to see available snapshots",
      details: { snapshot_id: id },
    });
  }
  if (typeof result === "string") throw corrupt(descriptorPath(repo.layout, id), id, result);
  return result;
}

/** The record of a snapshot; undefined where there is none, or none that can be read. */
export function findDescriptor(repo: Repo, id: SnapshotId): Descriptor | undefined {
  const result = tryRead(repo, id);
  return typeof result === "string" ? undefined : result;
}

/** Whether the snapshot exists. Its record may be damaged. */
export function hasDescriptor({ layout }: Repo, id: SnapshotId): boolean {
  const path = descriptorPath(layout, id);
  return isSnapshotId(id) && statSync(path) !== undefined;
}

/** The ids of all snapshots, newest first. Files that are no descriptors are passed over. */
export function listSnapshotIds({ layout }: Repo): SnapshotId[] {
  const ids: SnapshotId[] = [];
  for (const file of readdirSync(layout.descriptors)) {
    const id = file.slice(0, -".json".length);
    if (file.endsWith(".json") && isSnapshotId(id)) ids.push(id);
  }
  return ids.sort().reverse();
}

/** Reads the records of all snapshots. */
export function listDescriptors(repo: Repo): DescriptorList {
  const descriptors: Descriptor[] = [];
  const unreadable: { id: SnapshotId; why: string }[] = [];
  for (const id of listSnapshotIds(repo)) {
    const result = tryRead(repo, id);
    if (typeof result === "string") unreadable.push({ id, why: result });
    // Undefined: removed since the folder was read.
    else if (result !== undefined) descriptors.push(result);
  }
  return { descriptors, unreadable };
}

/** The descriptor, undefined when there is none, or in words why it cannot be used. */
function tryRead({ layout }: Repo, id: SnapshotId): Descriptor | string | undefined {
  const { text, fault } = tryReadText(descriptorPath(layout, id));
  if (text === undefined) return fault;
  const record = parseJsonObject(text);
  if (record === undefined) return "it is no JSON object";
  return faultOf(record, id) ?? (record as unknown as Descriptor);
}

function faultOf(record: JsonObject, id: SnapshotId): string | undefined {
  if (hashRecord(record, NOT_COVERED) !== record.descriptor_checksum)
    return "its checksum does not match its content";
  if (record.snapshot_id !== id) return `it is the record of ${String(record.snapshot_id)}`;
  if (record.format !== 2) return `it has format ${String(record.format)}`;
  if (record.integrity_state !== "verified" && record.integrity_state !== "pending")
    return '"integrity_state" is neither "verified" nor "pending"';
  return undefined;
}

function corrupt(path: string, id: SnapshotId, why: string): JvsError {
  return new JvsError(`Cannot use the record of snapshot "${id}", "${path}": ${why}`, {
    code: "E_DESCRIPTOR_CORRUPT",
    hint: "Put the file back from a backup, or go on without this snapshot",
    details: { snapshot_id: id, path, why },
  });
}
