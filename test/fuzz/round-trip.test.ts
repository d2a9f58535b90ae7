import fc from "fast-check";
import { test } from "vitest";
import { story, tellRoundTrip } from "./round-trip-story.ts";

const RUNS = Number(process.env.JVS_FUZZ_RUNS ?? 500);
const SEED = process.env.JVS_FUZZ_SEED;

test(`any folder comes back as it was, ${RUNS} random stories`, async () => {
  await fc.assert(
    fc.asyncProperty(story, (one) => tellRoundTrip(one)),
    { numRuns: RUNS, ...(SEED === undefined ? {} : { seed: Number(SEED) }) },
  );
});
