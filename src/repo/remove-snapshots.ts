import { rmSync } from "node:fs";
import { syncFolder } from "../fs/write-atomic.ts";
import { failPoint } from "../model/fail-point.ts";
import type { SnapshotId } from "../model/snapshot.ts";
import { listFolderIfAny } from "./folders.ts";
import { descriptorPath, payloadPath } from "./layout.ts";
import type { Repo } from "./repo.ts";

/** Removes the snapshots; their objects stay until they are swept. Removing what is gone is no error. */
export function removeSnapshots({ layout }: Repo, ids: readonly SnapshotId[]): void {
  const payloads = new Set(listFolderIfAny(layout.snapshots));
  for (const id of ids) {
    rmSync(descriptorPath(layout, id), { force: true });
    failPoint("gc-removed");
    if (payloads.has(id)) rmSync(payloadPath(layout, id), { recursive: true, force: true });
  }
  if (ids.length > 0) syncFolder(layout.descriptors);
}
