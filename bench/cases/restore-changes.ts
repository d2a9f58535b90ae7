import type { Bench, Case } from "../case.ts";
import { git, gitCommitAll, jvs } from "../steps.ts";
import { EDITS, editFiles } from "../trees/edit-files.ts";
import type { Tree } from "../trees/tree.ts";
import { inEachTree } from "./common-trees.ts";
import type { Twins } from "./twin-repositories.ts";

const AT_MOST = 1;

/** P3: back by one snapshot, ten files differ; the way to the newest again is not measured. */
export const restoreChanges: Case = {
  goal: "P3",
  title: `restore of ${EDITS} changes`,
  runs: 11,

  run: (bench) => inEachTree(bench, (tree, twins) => compareRestore(bench, { tree, twins })),
};

/** @param how what is said of it beside the tree, such as `, watched` */
export function compareRestore(
  bench: Bench,
  { tree, twins, how = "" }: { tree: Tree; twins: Twins; how?: string },
): Promise<void> {
  editFiles(tree, twins.jvs, 0);
  editFiles(tree, twins.git, 0);
  bench.run(jvs(twins.jvs, "snapshot", "next"), ...gitCommitAll(twins.git));
  return bench.compare({
    work: `restore${how}, ${tree.name}`,
    jvs: {
      name: "jvs restore HEAD~1",
      prepare: () => bench.run(jvs(twins.jvs, "restore", "HEAD")),
      steps: [jvs(twins.jvs, "restore", "HEAD~1")],
    },
    peers: [
      {
        name: "git checkout -f HEAD~1",
        prepare: () => bench.run(git(twins.git, "checkout", "-q", "-f", "main")),
        steps: [git(twins.git, "checkout", "-q", "-f", "HEAD~1")],
        atMost: AT_MOST,
      },
    ],
  });
}
