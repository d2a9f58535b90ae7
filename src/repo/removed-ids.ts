import { readTextIfAny } from "./control-file.ts";
import { listFolderIfAny } from "./folders.ts";
import type { Repo } from "./repo.ts";

/** The ids of snapshots that gc or a limit removed on purpose: whatever its tombstones name. */
export function listRemovedIds({ layout }: Repo): Set<string> {
  const ids = new Set<string>();
  for (const file of listFolderIfAny(layout.gcTombstones)) {
    const text = readTextIfAny(`${layout.gcTombstones}/${file}`) ?? "";
    for (const [, id = ""] of text.matchAll(/"snapshot_id":\s*"(\d{13}-[0-9a-f]{8})"/g))
      ids.add(id);
  }
  return ids;
}
