import { rmSync } from "node:fs";
import { syncFolder, writeAtomic } from "../fs/write-atomic.ts";
import { isSnapshotId, type SnapshotId } from "../model/snapshot.ts";
import { listFolderIfAny, withFolderOf } from "./folders.ts";
import { formatJson, notUnderstood, readJsonObject } from "./json-object.ts";
import { pinPath } from "./layout.ts";
import type { Repo } from "./repo.ts";

/** Says that a snapshot is to be kept. */
export interface Pin {
  readonly snapshot_id: SnapshotId;
  /** RFC 3339, UTC, as is `expires_at`. */
  readonly pinned_at: string;
  readonly reason?: string;
  /** From then on it keeps nothing. */
  readonly expires_at?: string;
}

/** The pin of a snapshot, or undefined. Throws E_CONFIG when its file is garbled. */
export function findPin({ layout }: Repo, id: SnapshotId): Pin | undefined {
  const path = pinPath(layout, id);
  const record = readJsonObject(path);
  if (record === undefined) return undefined;
  const { snapshot_id, pinned_at, expires_at } = record;
  if (snapshot_id !== id) throw notUnderstood(path, `it is the pin of ${String(snapshot_id)}`);
  if (!isTime(pinned_at)) throw notUnderstood(path, '"pinned_at" is no time');
  if (expires_at !== undefined && !isTime(expires_at))
    throw notUnderstood(path, '"expires_at" is no time');
  return record as unknown as Pin;
}

/** All pins, the expired too, by snapshot. Throws E_CONFIG at one that is garbled: it may protect something. */
export function listPins(repo: Repo): Pin[] {
  const pins: Pin[] = [];
  for (const file of listFolderIfAny(repo.layout.pins)) {
    if (!file.endsWith(".json")) continue;
    const id = file.slice(0, -".json".length);
    if (!isSnapshotId(id)) throw notUnderstood(`${repo.layout.pins}/${file}`, "it is no pin");
    const pin = findPin(repo, id);
    if (pin !== undefined) pins.push(pin);
  }
  return pins;
}

/** Puts the pin in place of the one there is; undefined takes that away. Durable when this returns. */
export function writePin({ layout }: Repo, id: SnapshotId, pin: Pin | undefined): void {
  const path = pinPath(layout, id);
  if (pin === undefined) rmSync(path, { force: true });
  else
    withFolderOf(path, () => writeAtomic(path, formatJson(pin), { sync: true, soleWriter: true }));
  if (pin === undefined) syncFolder(layout.pins);
}

/** Whether the pin still keeps its snapshot. */
export function isInForce({ expires_at }: Pin, now: Date): boolean {
  return expires_at === undefined || Date.parse(expires_at) > now.getTime();
}

function isTime(value: unknown): boolean {
  return typeof value === "string" && !Number.isNaN(Date.parse(value));
}
