import { lstatSync } from "node:fs";
import { isThere } from "../../fs/is-there.ts";
import { isSnapshotId, type SnapshotId } from "../../model/snapshot.ts";
import { tryReadText } from "../control-file.ts";
import { listFolderIfAny } from "../folders.ts";
import { type JsonObject, parseJsonObject } from "../json-object.ts";
import { goTime, hashGoJson } from "./go-json.ts";
import { V1Fields } from "./v1-fields.ts";
import { type V1Layout, v1DescriptorPath, v1PayloadPath, v1ReadyPath } from "./v1-layout.ts";

/** The descriptor of a version 1 snapshot: the fields that its checksum covers. */
export interface V1Descriptor {
  readonly snapshot_id: string;
  readonly parent_id: string | undefined;
  readonly worktree_name: string;
  readonly created_at: string;
  readonly note: string | undefined;
  readonly tags: readonly string[] | undefined;
  readonly engine: string;
  readonly payload_root_hash: string;
  readonly partial_paths: readonly string[] | undefined;
  readonly compression: { readonly type: string; readonly level: number } | undefined;
}

/** What there is of a snapshot. */
export interface V1Snapshot {
  readonly id: SnapshotId;
  /** Undefined when its record is gone or no JSON. */
  readonly descriptor: V1Descriptor | undefined;
  /** What is wrong with the record, in words. */
  readonly fault: string | undefined;
  /** The folder with the content, undefined when there is none. */
  readonly payload: string | undefined;
  /** Why there is none, in words. */
  readonly payloadFault: string | undefined;
  /** It was taken to its end: the copy says so, or there is a record. */
  readonly isFinished: boolean;
}

/** All snapshots of which a record or content is there, oldest first. */
export function listV1Snapshots(layout: V1Layout): V1Snapshot[] {
  const recorded = listFolderIfAny(layout.descriptors)
    .filter((name) => name.endsWith(".json"))
    .map((name) => name.slice(0, -".json".length));
  const ids = new Set([...recorded, ...listFolderIfAny(layout.snapshots)].filter(isSnapshotId));
  return [...ids].sort().map((id) => readV1Snapshot(layout, id));
}

function readV1Snapshot(layout: V1Layout, id: SnapshotId): V1Snapshot {
  const payload = v1PayloadPath(layout, id);
  const { text, fault } = tryReadText(v1DescriptorPath(layout, id));
  const record = text === undefined ? undefined : parseJsonObject(text);
  const descriptor = record && parseV1Descriptor(record);
  const payloadFault = faultOfPayload(payload);
  return {
    id,
    descriptor,
    fault: fault === undefined ? faultOf({ id, text, record, descriptor }) : `its record: ${fault}`,
    payload: payloadFault === undefined ? payload : undefined,
    payloadFault,
    isFinished:
      text !== undefined ||
      fault !== undefined ||
      (payloadFault === undefined && isThere(v1ReadyPath(layout, id))),
  };
}

/** A link is not followed: it could lead to anybody's files. */
function faultOfPayload(path: string): string | undefined {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return "its content is gone";
  return stat.isDirectory() ? undefined : "its content is no folder, but a link or a file";
}

function faultOf(found: {
  readonly id: SnapshotId;
  readonly text: string | undefined;
  readonly record: JsonObject | undefined;
  readonly descriptor: V1Descriptor | undefined;
}): string | undefined {
  const { id, text, record, descriptor } = found;
  if (text === undefined) return "its record is gone";
  if (record === undefined || descriptor === undefined) return "its record is no JSON object";
  if (descriptor.snapshot_id !== id) return `its record is that of ${descriptor.snapshot_id}`;
  const written = new V1Fields(record).text("descriptor_checksum");
  return hashV1Descriptor(descriptor) === written
    ? undefined
    : "the checksum of its record does not match";
}

/** The known fields of a record. */
export function parseV1Descriptor(record: JsonObject): V1Descriptor {
  const fields = new V1Fields(record);
  const compression = fields.objectIfAny("compression");
  const packed = compression && new V1Fields(compression);
  return {
    snapshot_id: fields.text("snapshot_id"),
    parent_id: fields.textIfAny("parent_id"),
    worktree_name: fields.text("worktree_name"),
    created_at: fields.text("created_at"),
    note: fields.textIfAny("note"),
    tags: fields.listIfAny("tags"),
    engine: fields.text("engine"),
    payload_root_hash: fields.text("payload_root_hash"),
    partial_paths: fields.listIfAny("partial_paths"),
    compression: packed && { type: packed.text("type"), level: packed.number("level") },
  };
}

/** What `descriptor_checksum` must be. */
export function hashV1Descriptor(descriptor: V1Descriptor): string {
  const created_at = goTime(descriptor.created_at);
  return hashGoJson({ ...descriptor, created_at, descriptor_checksum: "", integrity_state: "" });
}
