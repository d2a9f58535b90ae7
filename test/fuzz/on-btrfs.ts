import fc from "fast-check";
import { makeSandbox } from "../sandbox.ts";

const SEED = process.env.JVS_FUZZ_SEED;

/** Tells random stories, each in the folder of one btrfs; skips the test where there cannot be one. */
export async function tellOnBtrfs<T>(
  story: fc.Arbitrary<T>,
  tell: (one: T, parent: string) => Promise<void>,
  { runs, skip }: { readonly runs: number; readonly skip: (why: string) => void },
): Promise<void> {
  await using box = makeSandbox();
  const why = box.mountNew("btrfs", "disk");
  if (why !== undefined) skip(why);
  await fc.assert(
    fc.asyncProperty(story, (one) => tell(one, box.path("disk"))),
    { numRuns: runs, ...(SEED === undefined ? {} : { seed: Number(SEED) }) },
  );
}
