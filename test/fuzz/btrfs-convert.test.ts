import { closeSync, mkdirSync, openSync, readdirSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { convertToSubvolume } from "../../src/fs/btrfs/convert-to-subvolume.ts";
import { raw, useScratchBtrfs } from "../../src/fs/btrfs/scratch-btrfs.suite.ts";
import { isSubvolumeAt } from "../../src/fs/btrfs/subvolume.ts";
import { fingerprint } from "../fingerprint.ts";
import { type MutationSpec, mutations, type PlacementSpec, tree } from "./arbitrary-tree.ts";
import { mutateTree } from "./mutate-tree.ts";
import { writeTree } from "./write-tree.ts";

const RUNS = Math.ceil(Number(process.env.JVS_FUZZ_RUNS ?? 500) / 5);
const SEED = process.env.JVS_FUZZ_SEED;

const disk = useScratchBtrfs();

interface Story {
  readonly before: readonly PlacementSpec[];
  readonly work: readonly MutationSpec[];
}

const story: fc.Arbitrary<Story> = fc.record({ before: tree, work: mutations });

test(`any folder becomes a subvolume as it is, ${RUNS} random ones`, async () => {
  await fc.assert(fc.asyncProperty(story, tellStory), {
    numRuns: RUNS,
    ...(SEED === undefined ? {} : { seed: Number(SEED) }),
  });
});

let stories = 0;

async function tellStory({ before, work }: Story): Promise<void> {
  const place = `${disk.path}/${stories++}`;
  mkdirSync(`${place}/w`, { recursive: true });
  writeTree(`${place}/w`, before);
  mutateTree(`${place}/w`, work);
  const seen = fingerprint(`${place}/w`);
  const at = openSync(place, "r");
  try {
    const { former, late, parted } = await convertToSubvolume(at, raw("w"));
    expect(isSubvolumeAt(at, raw("w"))).toBe(true);
    expect(fingerprint(`${place}/w`)).toEqual(seen);
    expect(fingerprint(`${place}/${former}`), "the former folder").toEqual(seen);
    expect([late, parted]).toEqual([[], []]);
    expect(readdirSync(place)).toHaveLength(2);
  } finally {
    closeSync(at);
    Bun.spawnSync(["rm", "-rf", place]);
  }
}
