import type { Case } from "../case.ts";
import { gitCommitAll, jvs } from "../steps.ts";
import { EDITS, editFiles } from "../trees/edit-files.ts";
import { inEachTree } from "./common-trees.ts";

const AT_MOST = 0.4;

/** P2: ten files changed since the last snapshot. */
export const nextSnapshot: Case = {
  goal: "P2",
  title: `next snapshot, ${EDITS} files changed`,
  runs: 11,

  run: (bench) =>
    inEachTree(bench, (tree, twins) =>
      bench.compare({
        work: `next snapshot, ${tree.name}`,
        jvs: {
          name: "jvs snapshot",
          prepare: (round) => editFiles(tree, twins.jvs, round),
          steps: [jvs(twins.jvs, "snapshot", "bench")],
        },
        peers: [
          {
            name: "git add -A && git commit",
            prepare: (round) => editFiles(tree, twins.git, round),
            steps: gitCommitAll(twins.git),
            atMost: AT_MOST,
          },
        ],
      }),
    ),
};
