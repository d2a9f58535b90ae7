import fc from "fast-check";
import { test } from "vitest";
import { findRealMount, makeRealScratch } from "../../src/fs/juicefs/real-mount.suite.ts";
import { makeSandbox } from "../sandbox.ts";
import { story, tellRoundTrip } from "./round-trip-story.ts";

/** Each engine on a file system that it is made for. */
const ENGINES = [
  { engine: "copy", type: "ext4" },
  { engine: "copy", type: "xfs" },
  { engine: "reflink-copy", type: "xfs" },
  { engine: "reflink-copy", type: "btrfs" },
  { engine: "btrfs-snapshot", type: "btrfs" },
  { engine: "objects", type: "xfs" },
  { engine: "objects", type: "btrfs" },
] as const;

const RUNS = Math.ceil(Number(process.env.JVS_FUZZ_RUNS ?? 500) / 10);
const SEED = process.env.JVS_FUZZ_SEED;

test.for(ENGINES)(
  `any folder comes back as it was with $engine on $type, ${RUNS} random stories`,
  async ({ engine, type }, { skip }) => {
    await using box = makeSandbox();
    const why = box.mountNew(type, "disk");
    if (why !== undefined) skip(why);
    const parent = box.path("disk");
    const isSubvolume = engine === "btrfs-snapshot";
    const isLeft = true;
    await fc.assert(
      fc.asyncProperty(story, (one) => tellRoundTrip(one, { parent, engine, isSubvolume, isLeft })),
      { numRuns: RUNS, ...(SEED === undefined ? {} : { seed: Number(SEED) }) },
    );
  },
);

/** Every request travels to the mount and its metadata engine. */
const JUICE_RUNS = Math.ceil(RUNS / 5);
const MOUNT = findRealMount();

test.skipIf(MOUNT === undefined)(
  `any folder comes back as it was with juicefs-clone, ${JUICE_RUNS} random stories`,
  async () => {
    using scratch = makeRealScratch(MOUNT as string);
    const where = { parent: scratch.path, engine: "juicefs-clone" };
    await fc.assert(
      fc.asyncProperty(story, (one) => tellRoundTrip(one, where)),
      { numRuns: JUICE_RUNS, ...(SEED === undefined ? {} : { seed: Number(SEED) }) },
    );
  },
);
