import type { Case } from "../case.ts";
import { gitCommitAll, jvs } from "../steps.ts";
import { EDITS, editFiles } from "../trees/edit-files.ts";
import { inEachTree } from "./common-trees.ts";

const AT_MOST = 0.4;
const SYNCED_ROUNDS = 1_000_000;

/**
 * P2: ten files changed since the last snapshot. Git as it comes waits for the disk with neither
 * loose objects nor refs; for orientation it is also run so that it does, as jvs always does.
 */
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
          {
            name: "the same with core.fsync=all",
            // The same repository: its edits must be others than those just committed.
            prepare: (round) => editFiles(tree, twins.git, SYNCED_ROUNDS + round),
            steps: gitCommitAll(twins.git, "-c", "core.fsync=all"),
          },
        ],
      }),
    ),
};
