import { join } from "node:path";
import type { Bench, Case, Contestant } from "../case.ts";
import { jvs } from "../steps.ts";
import { editFiles } from "../trees/edit-files.ts";
import { smallFiles } from "../trees/small-files.ts";

const FEW = 10_000;
const MANY = [100_000, 1_000_000];
/** Of the time for each file. */
const AT_MOST = 1.3;

/** P11: the next snapshot of many files beside that of few: the same for each file, or less. */
export const manyFiles: Case = {
  goal: "P11",
  title: "next snapshot of many files",
  runs: 5,

  async run(bench: Bench): Promise<void> {
    if (!bench.isLarge) return;
    const few = contestantFor(bench, FEW);
    for (const count of MANY)
      await bench.compare({
        work: `next snapshot, ${count.toLocaleString("en")} files, ${count / FEW} times as many`,
        jvs: contestantFor(bench, count),
        peers: [{ ...few, atMost: (AT_MOST * count) / FEW }],
      });
  },
};

function contestantFor(bench: Bench, count: number): Contestant {
  const tree = smallFiles(count);
  const folder = join(bench.folder, String(count));
  tree.make(folder);
  bench.run(jvs(folder, "init"), jvs(folder, "snapshot", "start"));
  let round = 0;
  return {
    name: `jvs snapshot, ${count.toLocaleString("en")} files`,
    prepare: () => editFiles(tree, folder, ++round),
    steps: [jvs(folder, "snapshot", "bench")],
  };
}
