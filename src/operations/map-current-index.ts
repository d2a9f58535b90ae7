import { readGeneration } from "../repo/generation.ts";
import { indexPath } from "../repo/layout.ts";
import type { Repo } from "../repo/repo.ts";
import { mapIndex } from "../tree/index-file.ts";
import { releaseIndex } from "../tree/mapped-indexes.ts";
import type { ScanTable } from "../tree/scan-table.ts";

/** The index of the worktree `name`, mapped; none where what it says about stored content is to be looked up first. */
export function mapCurrentIndex(repo: Repo, name: string): ScanTable | undefined {
  const index = mapIndex(indexPath(repo.layout, name));
  if (index === undefined || index.generation === readGeneration(repo)) return index;
  releaseIndex(index);
  return undefined;
}
