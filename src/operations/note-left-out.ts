import type { Progress } from "../model/progress.ts";
import { openWorkspaceFolder, scanFolder, trustedBefore } from "../tree/workspace-folder.ts";

/**
 * What rules in the workspace keep out of new snapshots, in words. Imported ones hold it: version 1
 * knew no rules. Undefined where there is nothing, or nobody can look.
 */
export async function noteLeftOut(
  { name, folder }: { readonly name: string; readonly folder: string },
  progress: Progress,
): Promise<string | undefined> {
  using workspace = openWorkspaceFolder(folder);
  const trustBefore = trustedBefore(workspace, Date.now());
  const { ignored } = await scanFolder(workspace, { index: undefined, progress, trustBefore });
  if (ignored === 0) return undefined;
  const paths = ignored === 1 ? "1 path is" : `${ignored} paths are`;
  return `worktree "${name}": ${paths} left out of new snapshots (.jvsignore, folders with a CACHEDIR.TAG); restoring an older one leaves such a path as it is`;
}
