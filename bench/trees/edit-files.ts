import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Tree } from "./tree.ts";

export const EDITS = 10;

/** Gives ten files, spread over the whole tree, new content: in every copy of the tree the same. */
export function editFiles(tree: Tree, folder: string, round: number): void {
  for (const path of editedPaths(tree)) {
    const file = join(folder, path);
    writeFileSync(file, tree.revise(readFileSync(file), `${path} round ${round}`));
  }
}

function editedPaths({ paths }: Tree): string[] {
  const stride = paths.length / EDITS;
  return Array.from({ length: EDITS }, (_, at) => paths[Math.floor((at + 0.5) * stride)] ?? "");
}
