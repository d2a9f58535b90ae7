import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Bench, Case } from "../case.ts";
import { jvs } from "../steps.ts";
import { editFiles } from "../trees/edit-files.ts";
import { nestedFiles } from "../trees/nested-files.ts";
import type { Tree } from "../trees/tree.ts";

const FEW = 1000;
const MANY = 100_000;
const AT_MOST = 1.5;

/** P6: where the file system copies a folder at once, what a snapshot or a fork takes is the same for any. */
export const constantCost: Case = {
  goal: "P6",
  title: "snapshot and fork, few files against many",
  runs: 11,

  async run(bench: Bench): Promise<void> {
    if (!bench.site.hasSubvolumes) return;
    const [few, many] = [FEW, MANY].map((count) => {
      const tree = nestedFiles(count);
      return { tree, home: makeSubvolume(bench, tree) };
    }) as [Place, Place];
    try {
      await compareBoth(bench, few, many);
    } finally {
      for (const { home } of [few, many]) removeSlots(bench, home);
    }
  },
};

interface Place {
  readonly tree: Tree;
  readonly home: string;
}

async function compareBoth(bench: Bench, few: Place, many: Place): Promise<void> {
  await bench.compare({
    work: "next snapshot, 10 files changed",
    jvs: snapshotIn(many),
    peers: [{ ...snapshotIn(few), atMost: AT_MOST }],
  });
  await bench.compare({
    work: "fork",
    jvs: forkOf(bench, many),
    peers: [{ ...forkOf(bench, few), atMost: AT_MOST }],
  });
}

/** They are read-only: what clears away after a case could not. */
function removeSlots(bench: Bench, home: string): void {
  const slots = join(home, ".jvs/snapshots");
  const paths = readdirSync(slots).map((name) => join(slots, name));
  bench.run({ argv: ["btrfs", "subvolume", "delete", ...paths], cwd: home });
}

function makeSubvolume(bench: Bench, tree: Tree): string {
  const home = join(bench.folder, String(tree.paths.length));
  mkdirSync(home);
  bench.run(jvs(home, "init", "--subvolume"));
  tree.make(home);
  bench.run(jvs(home, "snapshot", "bench"));
  return home;
}

function snapshotIn({ tree, home }: Place) {
  return {
    name: `jvs, ${tree.name}`,
    prepare: (round: number) => editFiles(tree, home, round),
    steps: [jvs(home, "snapshot", "bench")],
  };
}

function forkOf(bench: Bench, { tree, home }: Place) {
  return {
    name: `jvs, ${tree.name}`,
    prepare() {
      if (existsSync(join(home, ".jvs/worktrees/twin")))
        bench.run(jvs(home, "worktree", "remove", "twin", "--force"));
    },
    steps: [jvs(home, "fork", "HEAD", "twin")],
  };
}
