import type { Entry } from "../model/entry.ts";
import { SILENT } from "../model/progress.ts";
import type { RawPath } from "../model/raw-path.ts";
import type { Descriptor } from "../model/snapshot.ts";
import { readGeneration } from "../repo/generation.ts";
import { adoptEntries } from "../tree/adopt-entries.ts";
import { walkTree } from "../tree/apply/write-tree.ts";
import { HASH_ONLY } from "../tree/content-sink.ts";
import { readChanged } from "../tree/read-changed.ts";
import { sameState, sealTree } from "../tree/seal-tree.ts";
import { openWorkspaceFolder, scanFolder, trustedBefore } from "../tree/workspace-folder.ts";
import { saveIndex, type Workspace } from "./open-workspace.ts";
import { stateOf, viewOf } from "./tree-of.ts";

/**
 * Remembers what a workspace that was just written looks like, so that the first status of it reads
 * no files. The caller shares the lock of the store.
 */
export async function indexNewWorkspace(workspace: Workspace, content: Descriptor): Promise<void> {
  const written = new Map<RawPath, Entry>();
  for (const [path, entry] of walkTree(viewOf(workspace.store, content)))
    if (entry.kind === "f") written.set(path, entry);
  using folder = openWorkspaceFolder(workspace.path);
  const trustBefore = trustedBefore(folder, Date.now());
  const scan = await scanFolder(folder, { index: undefined, trustBefore, progress: SILENT });
  const options = { root: folder.fd, sink: HASH_ONLY, stores: true, allowUnstable: true };
  await readChanged(scan, adoptEntries(scan, written), {
    ...options,
    trustBefore,
    progress: SILENT,
  });
  // Where the tree came out the same, all of it is stored, as the index then says.
  if (!sameState(sealTree(scan, HASH_ONLY.put, true), stateOf(content))) return;
  scan.table.generation = readGeneration(workspace.repo) ?? 0;
  saveIndex(workspace, scan.table);
}
