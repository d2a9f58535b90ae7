import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { readIndex } from "../../src/tree/index-file.ts";
import { type Fingerprint, fingerprint } from "../fingerprint.ts";
import { runInProcess } from "../in-process.ts";
import { type MutationSpec, mutations, type PlacementSpec, tree } from "./arbitrary-tree.ts";
import { mutateTree } from "./mutate-tree.ts";
import { tellOnBtrfs } from "./on-btrfs.ts";
import { openStage, type Stage } from "./stage.ts";
import { writeTree } from "./write-tree.ts";

const RUNS = Math.ceil(Number(process.env.JVS_FUZZ_RUNS ?? 500) / 10);
/** Longer than a tick of the clock: what was written before is known by its times, if at all. */
const SETTLE_MS = 25;

/** What is done in the workspace between its edits and the fork. */
const CHORES = ["", "status", "snapshot"] as const;

interface Story {
  readonly before: readonly PlacementSpec[];
  readonly edits: readonly MutationSpec[];
  readonly since: readonly MutationSpec[];
  readonly chore: (typeof CHORES)[number];
  readonly inFork: readonly MutationSpec[];
  /** Which of the two snapshots. */
  readonly isOlder: boolean;
}

const story: fc.Arbitrary<Story> = fc.record({
  before: tree,
  edits: mutations,
  since: mutations,
  chore: fc.constantFrom(...CHORES),
  inFork: mutations,
  isOlder: fc.boolean(),
});

/** How many forks took the index over, and how many with what the file system knows; none would prove nothing. */
const taken = { index: 0, account: 0 };

test(`a fork that takes the index over is the snapshot, ${RUNS} random stories`, async ({
  skip,
}) => {
  await tellOnBtrfs(story, tellStory, { runs: RUNS, skip });
  expect(taken.index).toBeGreaterThan(RUNS / 4);
  expect(taken.account).toBeGreaterThan(RUNS / 20);
});

async function tellStory(one: Story, parent: string): Promise<void> {
  using stage = openStage({ parent, engine: "btrfs-snapshot", isSubvolume: true, isLeft: true });
  const { folder, jvs } = stage;
  writeTree(folder, one.before);
  await jvs("init");
  const saved = [await snapshot(stage, [], "older"), await snapshot(stage, one.edits, "newer")];
  mutateTree(folder, one.since);
  await Bun.sleep(SETTLE_MS);
  if (one.chore !== "") await jvs(...(one.chore === "status" ? ["status"] : ["snapshot", "third"]));
  const wanted = one.isOlder ? saved[0] : saved[1];
  const from = ["fork", "--from", one.isOlder ? "older" : "newer", "--name"];
  await jvs(...from, "walked");
  await jvs(...from, "unseen");
  count(folder);
  const forks = join(folder, ".jvs/worktrees");
  expect(fingerprint(join(forks, "walked"))).toEqual(wanted);
  expect(JSON.parse(await inFork(join(forks, "walked"), "status", "--json")).clean).toBe(true);

  // What the first snapshot of a fork says of it is what is in it, whoever looked before.
  for (const fork of ["walked", "unseen"].map((name) => join(forks, name))) {
    mutateTree(fork, one.inFork);
    await inFork(fork, "snapshot", "in the fork");
    // Not before: to read a file for the first time changes it, as the file system has it.
    const now = fingerprint(fork);
    expect(JSON.parse(await inFork(fork, "status", "--json")).clean).toBe(true);
    const name = `of-${fork.slice(fork.lastIndexOf("/") + 1)}`;
    await inFork(fork, "fork", "--from", "HEAD", "--name", name);
    expect(fingerprint(join(forks, name))).toEqual(now);
  }
  await jvs("verify", "--all");
}

async function snapshot(
  { folder, jvs }: Stage,
  edits: readonly MutationSpec[],
  note: string,
): Promise<Fingerprint> {
  mutateTree(folder, edits);
  await Bun.sleep(SETTLE_MS);
  const seen = fingerprint(folder);
  await jvs("snapshot", note);
  return seen;
}

function count(folder: string): void {
  const main = readIndex(join(folder, ".jvs/cache/index.main"));
  const fork = readIndex(join(folder, ".jvs/cache/index.unseen"));
  if (main === undefined || fork?.checksum !== main.checksum) return;
  taken.index++;
  if (fork.frozen !== undefined) taken.account++;
}

async function inFork(fork: string, ...argv: string[]): Promise<string> {
  const { exit, out, err } = await runInProcess(fork, argv, { engine: "btrfs-snapshot" });
  expect({ exit, err }, `jvs ${argv.join(" ")}`).toEqual({ exit: 0, err: "" });
  return out;
}
