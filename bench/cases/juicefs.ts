import { existsSync } from "node:fs";
import { join } from "node:path";
import { removeTree } from "../../src/fs/remove-tree.ts";
import type { Bench, Case, Contestant, Peer } from "../case.ts";
import { jvs, type Step } from "../steps.ts";
import { EDITS, editFiles } from "../trees/edit-files.ts";
import { smallFiles } from "../trees/small-files.ts";
import type { Tree } from "../trees/tree.ts";

const FILES = 10_000;
/** Ten thousand files were just removed, and the mount clears up behind the scenes. */
const SETTLE_MS = 2000;
const CLONING = { JVS_SNAPSHOT_ENGINE: "juicefs-clone" };

/** P9: snapshots, restores and forks beside a full copy on the same mount; its clones for orientation. */
export const juicefs: Case = {
  goal: "P9",
  title: "first and next snapshot, restore and fork on JuiceFS",
  runs: 3,
  site: "juicefs",

  async run(bench: Bench): Promise<void> {
    const course = layOut(bench);
    try {
      await course.compare("first snapshot", 0.25, firstSnapshot);
      await course.compare(`next snapshot, ${EDITS} files changed`, 0.02, nextSnapshot);
      await course.compare(`restore of ${EDITS} changes`, 0.02, restoreChanges);
      await course.compare("fork", 0.1, forkTree);
    } finally {
      for (const folder of course.folders) await removeTree(folder);
    }
  },
};

/** A workspace, and with what engine jvs works in it. */
interface Home {
  readonly tree: Tree;
  readonly folder: string;
  readonly env?: Readonly<Record<string, string>>;
  run(...steps: readonly Step[]): void;
}

type Work = (home: Home) => Pick<Contestant, "prepare" | "steps">;

interface Course {
  /** All that it made. */
  readonly folders: readonly string[];
  compare(work: string, atMost: number, contest: Work): Promise<void>;
}

/** Engines remember what they stored, so each has a workspace of its own. */
function layOut(bench: Bench): Course {
  const tree = smallFiles(FILES);
  const at = (name: string): string => join(bench.folder, name);
  for (const name of ["automatic", "cloning", "source"]) tree.make(at(name));
  const { run } = bench;
  const automatic: Home = { tree, folder: at("automatic"), run };
  const cloning: Home = { tree, folder: at("cloning"), env: CLONING, run };
  const copies = copyPeers(bench, at("source"));
  return {
    folders: ["automatic", "cloning", "source", "copy"].map(at),
    compare: (work, atMost, contest) =>
      bench.compare({
        work: `${work}, ${tree.name}`,
        jvs: { name: "jvs", ...contest(automatic) },
        peers: [
          ...copies.map((peer) => (peer.name === "cp -a" ? { ...peer, atMost } : peer)),
          { name: "jvs, engine juicefs-clone", ...contest(cloning) },
        ],
        settleMs: SETTLE_MS,
      }),
  };
}

function copyPeers({ folder, has }: Bench, source: string): Peer[] {
  const ways = [["cp", "-a"], ...(has("juicefs") ? [["juicefs", "clone", "-p"]] : [])];
  return ways.map((way) => ({
    name: way.join(" "),
    prepare: () => removeTree(join(folder, "copy")),
    steps: [{ argv: [...way, source, join(folder, "copy")], cwd: folder }],
  }));
}

function firstSnapshot(home: Home): ReturnType<Work> {
  return {
    async prepare() {
      await removeTree(join(home.folder, ".jvs"));
      home.run(step(home, "init"));
    },
    steps: [step(home, "snapshot", "bench")],
  };
}

function nextSnapshot(home: Home): ReturnType<Work> {
  return {
    prepare: (round) => editFiles(home.tree, home.folder, round),
    steps: [step(home, "snapshot", "bench")],
  };
}

function restoreChanges(home: Home): ReturnType<Work> {
  return {
    prepare: () => home.run(step(home, "restore", "HEAD")),
    steps: [step(home, "restore", "HEAD~1")],
  };
}

function forkTree(home: Home): ReturnType<Work> {
  return {
    prepare() {
      if (existsSync(join(home.folder, ".jvs/worktrees/twin")))
        home.run(step(home, "worktree", "remove", "twin", "--force"));
    },
    steps: [step(home, "fork", "HEAD", "twin")],
  };
}

function step({ folder, env }: Home, ...args: readonly string[]): Step {
  return { ...jvs(folder, ...args), ...(env && { env }) };
}
