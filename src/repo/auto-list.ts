import { appendFileSync, rmSync, writeFileSync } from "node:fs";
import { isSnapshotId, type SnapshotId } from "../model/snapshot.ts";
import { readTextIfAny } from "./control-file.ts";
import { autoDroppedPath, autoListPath } from "./layout.ts";
import type { Repo } from "./repo.ts";

/** An automatic snapshot: what limits ask about. Its age is in its id. */
export interface AutoSnapshot {
  readonly id: SnapshotId;
  readonly storedBytes: number;
}

/**
 * The automatic snapshots, oldest first, as far as the list knows; undefined when there is no list.
 * A cache: some may be gone by now.
 */
export function readAutoList({ layout }: Repo): AutoSnapshot[] | undefined {
  const text = readTextIfAny(autoListPath(layout));
  if (text === undefined) return undefined;
  const found = new Map<SnapshotId, AutoSnapshot>();
  for (const line of text.split("\n")) {
    const [id = "", bytes = ""] = line.split(" ");
    if (isSnapshotId(id) && /^\d+$/.test(bytes)) found.set(id, { id, storedBytes: Number(bytes) });
  }
  return [...found.values()].sort((one, other) => (one.id < other.id ? -1 : 1));
}

/** Adds a snapshot to the list that is there. */
export function addToAutoList({ layout }: Repo, snapshot: AutoSnapshot): void {
  appendFileSync(autoListPath(layout), formatLine(snapshot));
}

/** Writes the list anew. When that fails there is none, and the next one to ask makes it. */
export function writeAutoList({ layout }: Repo, snapshots: readonly AutoSnapshot[]): void {
  const path = autoListPath(layout);
  try {
    writeFileSync(path, snapshots.map(formatLine).join(""));
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  }
}

function formatLine({ id, storedBytes }: AutoSnapshot): string {
  return `${id} ${storedBytes}\n`;
}

/** Bytes that dropped snapshots had stored since the store was swept last. A cache: when it is lost, the next sweep comes later. */
export function readDroppedBytes({ layout }: Repo): number {
  const text = readTextIfAny(autoDroppedPath(layout)) ?? "";
  return /^\d{1,15}\n$/.test(text) ? Number(text) : 0;
}

/** Remembers that number; 0 after a sweep. */
export function writeDroppedBytes({ layout }: Repo, bytes: number): void {
  if (bytes === 0) rmSync(autoDroppedPath(layout), { force: true });
  else writeFileSync(autoDroppedPath(layout), `${bytes}\n`);
}
