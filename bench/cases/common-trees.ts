import type { Bench } from "../case.ts";
import { smallFiles } from "../trees/small-files.ts";
import { sourceTree } from "../trees/source-tree.ts";
import type { Tree } from "../trees/tree.ts";
import { makeTwins, type Twins } from "./twin-repositories.ts";

const SMALL = 10_000;
const SOURCES = 16_000;
const LARGE = [100_000, 1_000_000];

/** Runs a contest between jvs and git in each of the trees where few files among many change. */
export async function inEachTree(
  bench: Bench,
  compare: (tree: Tree, twins: Twins) => Promise<void>,
): Promise<void> {
  for (const tree of treesFor(bench)) {
    using twins = makeTwins(bench, tree);
    await compare(tree, twins);
  }
}

function treesFor({ isLarge, isQuick }: Bench): Tree[] {
  if (isQuick) return [smallFiles(SMALL)];
  return [smallFiles(SMALL), sourceTree(SOURCES), ...(isLarge ? LARGE.map(smallFiles) : [])];
}
