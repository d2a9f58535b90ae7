import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { makeSandbox, type Sandbox } from "../sandbox.ts";
import { mutations, tree } from "./arbitrary-tree.ts";
import { mutateTree } from "./mutate-tree.ts";
import { writeTree } from "./write-tree.ts";

const ROUNDS = Math.ceil(Number(process.env.JVS_FUZZ_RUNS ?? 500) / 150);

/** So many files that threads help to scan them and to store them. */
const FOLDERS = 44;
const FILES_IN_EACH = 500;

/** What is done to a few of the folders, by their numbers. */
const works = fc.array(fc.tuple(fc.nat(FOLDERS - 1), mutations, tree), {
  minLength: 1,
  maxLength: 6,
});

test(`a workspace of many thousand files comes back as it was, ${ROUNDS} random rounds`, async () => {
  await using box = makeSandbox();
  writeMany(box);
  await box.ok("w", "init");
  await box.ok("w", "snapshot", "r0");
  let saved = box.fingerprint("w");
  let round = 0;
  const story = fc.asyncProperty(works, fc.boolean(), async (list, losesCache) => {
    const before = saved;
    for (const [folder, work, more] of list) {
      writeTree(box.path(`w/${folder}`), more);
      mutateTree(box.path(`w/${folder}`), work);
    }
    saved = box.fingerprint("w");
    const { clean } = await box.json<{ clean: boolean }>("w", "status");
    expect(clean).toBe(JSON.stringify(before) === JSON.stringify(saved));
    await box.ok("w", "snapshot", `r${++round}`);
    if (losesCache) rmSync(box.path("w/.jvs/cache"), { recursive: true, force: true });
    await box.ok("w", "restore", "HEAD~");
    expect(box.fingerprint("w"), "the round before is back").toEqual(before);
    await box.ok("w", "undo");
    expect(box.fingerprint("w"), "and this one again").toEqual(saved);
    expect(await box.json("w", "status")).toMatchObject({ clean: true });
  });
  // Every round goes on from the one before: a failing one has no smaller form.
  await fc.assert(story, { numRuns: ROUNDS, endOnFailure: true });
});

function writeMany(box: Sandbox): void {
  for (let folder = 0; folder < FOLDERS; folder++) {
    mkdirSync(box.path(`w/${folder}/deep`), { recursive: true });
    for (let file = 0; file < FILES_IN_EACH; file++) {
      const at = file % 5 === 0 ? `${folder}/deep/${file}` : `${folder}/${file}`;
      writeFileSync(box.path(`w/${at}`), `content ${folder} ${file}`);
    }
  }
}
