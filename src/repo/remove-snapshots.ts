import { rmSync } from "node:fs";
import { syncFolder } from "../fs/write-atomic.ts";
import { failPoint } from "../model/fail-point.ts";
import type { SnapshotId } from "../model/snapshot.ts";
import { descriptorPath } from "./layout.ts";
import type { Repo } from "./repo.ts";

/** Removes the records of snapshots; their content stays until it is swept. Removing what is gone is no error. */
export function removeSnapshots({ layout }: Repo, ids: readonly SnapshotId[]): void {
  for (const id of ids) {
    rmSync(descriptorPath(layout, id), { force: true });
    failPoint("gc-removed");
  }
  if (ids.length > 0) syncFolder(layout.descriptors);
}
