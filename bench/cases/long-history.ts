import { join } from "node:path";
import type { Bench, Case, Contestant } from "../case.ts";
import { jvs } from "../steps.ts";
import { editFiles } from "../trees/edit-files.ts";
import { smallFiles } from "../trees/small-files.ts";
import type { Tree } from "../trees/tree.ts";

const FILES = 10_000;
const FEW = 50;
const MANY = 500;
/** What works on one state must not notice how many there are. */
const SAME = 1.1;
/** What lists or judges all of them takes as much longer as there are more. */
const LINEAR = MANY / FEW;

/** P11c: the same work in a repository with many snapshots and in one with few. */
export const longHistory: Case = {
  goal: "P11c",
  title: `${MANY} snapshots against ${FEW}`,
  runs: 11,

  async run(bench: Bench): Promise<void> {
    if (bench.isQuick) return;
    const tree = smallFiles(FILES);
    const [few, many] = [FEW, MANY].map((count) => makeHistory(bench, tree, count)) as [Past, Past];
    for (const [words, atMost] of [
      [["snapshot", "bench"], SAME],
      [["status"], SAME],
      [["history"], LINEAR],
      [["gc", "plan"], LINEAR],
    ] as const)
      await bench.compare({
        work: `${words.join(" ")}, ${MANY} snapshots, ${tree.name}`,
        jvs: contestant(many, words),
        peers: [{ ...contestant(few, words), atMost }],
      });
  },
};

interface Past {
  readonly tree: Tree;
  readonly folder: string;
  readonly count: number;
}

function makeHistory(bench: Bench, tree: Tree, count: number): Past {
  const folder = join(bench.folder, String(count));
  tree.make(folder);
  bench.run(jvs(folder, "init"), jvs(folder, "snapshot", "start"));
  for (let round = 1; round < count; round++) {
    editFiles(tree, folder, round);
    bench.run(jvs(folder, "snapshot", `round ${round}`));
  }
  return { tree, folder, count };
}

function contestant({ tree, folder, count }: Past, words: readonly string[]): Contestant {
  return {
    name: `jvs, ${count} snapshots`,
    prepare: (round) => editFiles(tree, folder, count + round),
    steps: [jvs(folder, ...words)],
  };
}
