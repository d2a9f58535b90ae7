import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type Fingerprint, fingerprint } from "../fingerprint.ts";
import { runInProcess } from "../in-process.ts";
import { removeTree } from "../sandbox.ts";
import { type MutationSpec, mutations, type PlacementSpec, tree } from "./arbitrary-tree.ts";
import { mutateTree } from "./mutate-tree.ts";
import { writeTree } from "./write-tree.ts";

const RUNS = Number(process.env.JVS_FUZZ_RUNS ?? 500);
const SEED = process.env.JVS_FUZZ_SEED;

interface Story {
  readonly before: readonly PlacementSpec[];
  readonly work: readonly MutationSpec[];
  readonly unsaved: readonly MutationSpec[];
  /** Whether the index is lost on the way: it may cost time, never truth. */
  readonly losesCache: boolean;
}

const story: fc.Arbitrary<Story> = fc.record({
  before: tree,
  work: mutations,
  unsaved: mutations,
  losesCache: fc.boolean(),
});

test(`any folder comes back as it was, ${RUNS} random stories`, async () => {
  await fc.assert(fc.asyncProperty(story, tellStory), {
    numRuns: RUNS,
    ...(SEED === undefined ? {} : { seed: Number(SEED) }),
  });
});

async function tellStory({ before, work, unsaved, losesCache }: Story): Promise<void> {
  using stage = openStage();
  const { jvs, look, folder } = stage;
  writeTree(folder, before);
  await jvs("init");

  const first = await stage.snapshot("A");
  mutateTree(folder, work);
  await stage.expectClean(look(), first);
  const second = await stage.snapshot("B");
  if (losesCache) rmSync(join(folder, ".jvs/cache"), { recursive: true, force: true });

  await jvs("restore", "A");
  expect(look(), "A is restored").toEqual(first);
  await stage.expectClean(first, first);
  await jvs("undo");
  expect(look(), "undo brings B back").toEqual(second);
  await jvs("redo");
  expect(look(), "redo goes to A again").toEqual(first);
  await jvs("restore", "HEAD");
  expect(look(), "HEAD is B").toEqual(second);

  mutateTree(folder, unsaved);
  const third = look();
  await stage.expectClean(third, second);
  await jvs("restore", "A", "--dry-run");
  expect(look(), "a dry run changes nothing").toEqual(third);
  await jvs("restore", "A");
  expect(look(), "A is restored over unsaved work").toEqual(first);
  await jvs("undo");
  expect(look(), "undo brings unsaved work back").toEqual(third);
  await stage.expectClean(third, second);

  await jvs("export", "A", `${folder}-copy`);
  expect(fingerprint(`${folder}-copy`, { skip: "" }), "A is exported").toEqual(first);
}

interface Stage extends Disposable {
  readonly folder: string;
  jvs(this: void, ...argv: string[]): Promise<string>;
  look(this: void): Fingerprint;
  snapshot(note: string): Promise<Fingerprint>;
  /** Status must say "clean" exactly when nothing that a snapshot keeps differs. */
  expectClean(now: Fingerprint, saved: Fingerprint): Promise<void>;
}

function openStage(): Stage {
  const root = mkdtempSync(join(tmpdir(), "jvs-fuzz-"));
  const folder = join(root, "w");
  mkdirSync(folder);
  const jvs: Stage["jvs"] = async (...argv) => {
    const { exit, out, err } = await runInProcess(folder, argv);
    expect({ exit, err }, `jvs ${argv.join(" ")}`).toEqual({ exit: 0, err: "" });
    return out;
  };
  const isClean = async (): Promise<boolean> => JSON.parse(await jvs("status", "--json")).clean;
  return {
    folder,
    jvs,
    look: () => fingerprint(folder),
    async snapshot(note) {
      const seen = fingerprint(folder);
      await jvs("snapshot", note);
      expect(fingerprint(folder), "a snapshot changes nothing").toEqual(seen);
      expect(await isClean(), "clean after a snapshot").toBe(true);
      return seen;
    },
    async expectClean(now, saved) {
      const same = JSON.stringify(now) === JSON.stringify(saved);
      expect(await isClean(), same ? "nothing differs" : "something differs").toBe(same);
    },
    [Symbol.dispose]: () => removeTree(root),
  };
}
