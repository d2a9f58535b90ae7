import type { SnapshotId } from "../model/snapshot.ts";
import { readTextIfAny } from "./control-file.ts";
import { listFolderIfAny } from "./folders.ts";
import type { Repo } from "./repo.ts";

/** Every snapshot that a label, or its past, names; with the label's name. */
export function listLabelledIds({ layout }: Repo): Map<SnapshotId, string> {
  const ids = new Map<SnapshotId, string>();
  for (const file of listFolderIfAny(layout.labels)) {
    const text = readTextIfAny(`${layout.labels}/${file}`) ?? "";
    for (const [id] of text.matchAll(/\b\d{13}-[0-9a-f]{8}\b/g))
      ids.set(id as SnapshotId, file.replace(/\.json$/, ""));
  }
  return ids;
}
