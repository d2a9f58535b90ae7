import type { Bench, Case } from "../case.ts";
import { git, gitCommitAll, jvs } from "../steps.ts";
import { editFiles } from "../trees/edit-files.ts";
import type { Tree } from "../trees/tree.ts";
import { inEachTree } from "./common-trees.ts";
import { compareRestore } from "./restore-changes.ts";
import type { Twins } from "./twin-repositories.ts";

const SNAPSHOT_AT_MOST = 0.2;
const STATUS_AT_MOST = 1;

/** P2, P3, P4 and P12 once more, with a watcher that keeps account of what was touched. */
export const watched: Case = {
  goal: "P2w",
  title: "snapshot, status, hook and restore with jvs watch",
  runs: 11,

  run: (bench) =>
    inEachTree(bench, async (tree, twins) => {
      bench.run(jvs(twins.jvs, "watch", "start"), jvs(twins.jvs, "status"));
      try {
        await compareAll(bench, tree, twins);
        await compareRestore(bench, { tree, twins, how: ", watched" });
      } finally {
        bench.run(jvs(twins.jvs, "watch", "stop"));
      }
    }),
};

async function compareAll(bench: Bench, tree: Tree, twins: Twins): Promise<void> {
  const edit = { jvs: edits(tree, twins.jvs), git: edits(tree, twins.git) };
  const nothing = (): void => undefined;
  await bench.compare({
    work: `next snapshot, watched, ${tree.name}`,
    jvs: { name: "jvs snapshot", prepare: edit.jvs, steps: [jvs(twins.jvs, "snapshot", "bench")] },
    peers: [
      {
        name: "git add -A && git commit",
        prepare: edit.git,
        steps: gitCommitAll(twins.git),
        atMost: SNAPSHOT_AT_MOST,
      },
    ],
  });
  const status = [git(twins.git, "status")];
  await bench.compare({
    work: `status, watched, ${tree.name}`,
    jvs: { name: "jvs status", prepare: edit.jvs, steps: [jvs(twins.jvs, "status")] },
    peers: [{ name: "git status", prepare: edit.git, steps: status, atMost: STATUS_AT_MOST }],
  });
  bench.run(jvs(twins.jvs, "snapshot", "bench"), ...gitCommitAll(twins.git));
  await bench.compare({
    work: `hook call, nothing changed, watched, ${tree.name}`,
    jvs: {
      name: "jvs snapshot --if-changed",
      prepare: nothing,
      steps: [jvs(twins.jvs, "snapshot", "--if-changed")],
    },
    peers: [{ name: "git status", prepare: nothing, steps: status, atMost: STATUS_AT_MOST }],
  });
}

/** Other edits in every round, also of the next contest. */
function edits(tree: Tree, folder: string): () => void {
  let count = 0;
  return () => editFiles(tree, folder, ++count);
}
