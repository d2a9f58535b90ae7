import type { Case } from "../case.ts";
import { git, jvs } from "../steps.ts";
import { EDITS, editFiles } from "../trees/edit-files.ts";
import { inEachTree } from "./common-trees.ts";

const AT_MOST = 1;

/** P4: what changed, when ten files have new content since anybody looked. */
export const changedStatus: Case = {
  goal: "P4",
  title: `status with ${EDITS} changes`,
  runs: 11,

  run: (bench) =>
    inEachTree(bench, (tree, twins) =>
      bench.compare({
        work: `status, ${tree.name}`,
        jvs: {
          name: "jvs status",
          prepare: (round) => editFiles(tree, twins.jvs, round),
          steps: [jvs(twins.jvs, "status")],
        },
        peers: [
          {
            name: "git status",
            prepare: (round) => editFiles(tree, twins.git, round),
            steps: [git(twins.git, "status")],
            atMost: AT_MOST,
          },
        ],
      }),
    ),
};
