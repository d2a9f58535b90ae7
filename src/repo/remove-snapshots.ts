import { rmSync } from "node:fs";
import { syncFolder } from "../fs/write-atomic.ts";
import { failPoint } from "../model/fail-point.ts";
import type { SnapshotId } from "../model/snapshot.ts";
import { descriptorPath } from "./layout.ts";
import { listPayloads, removePayload } from "./payloads.ts";
import type { Repo } from "./repo.ts";

/** Removes the snapshots; their objects stay until they are swept. Removing what is gone is no error. */
export function removeSnapshots(repo: Repo, ids: readonly SnapshotId[]): void {
  const { layout } = repo;
  const payloads = new Set(listPayloads(repo));
  for (const id of ids) {
    rmSync(descriptorPath(layout, id), { force: true });
    failPoint("gc-removed");
    if (payloads.has(id)) removePayload(repo, id);
  }
  if (ids.length > 0) syncFolder(layout.descriptors);
}
