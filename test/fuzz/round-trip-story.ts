import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect } from "vitest";
import { type Fingerprint, fingerprint } from "../fingerprint.ts";
import { type MutationSpec, mutations, type PlacementSpec, tree } from "./arbitrary-tree.ts";
import { mutateTree } from "./mutate-tree.ts";
import { openStage, type Stage, type StageOptions } from "./stage.ts";
import { writeTree } from "./write-tree.ts";

/** Work in a folder that is saved, left, and come back to. */
export interface Story {
  readonly before: readonly PlacementSpec[];
  readonly work: readonly MutationSpec[];
  readonly unsaved: readonly MutationSpec[];
  /** Whether the index is lost on the way: it may cost time, never truth. */
  readonly losesCache: boolean;
}

export const story: fc.Arbitrary<Story> = fc.record({
  before: tree,
  work: mutations,
  unsaved: mutations,
  losesCache: fc.boolean(),
});

/** Any folder comes back as it was. */
export async function tellRoundTrip(
  { before, work, unsaved, losesCache }: Story,
  where: StageOptions = {},
): Promise<void> {
  using stage = openStage(where);
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
  await expectForked(stage, first, unsaved);
  await jvs("verify", "--all");
}

/** A fork has everything; what is removed with it comes back. */
async function expectForked(
  { jvs, folder }: Stage,
  first: Fingerprint,
  work: readonly MutationSpec[],
): Promise<void> {
  const fork = `${folder}-fork`;
  await jvs("fork", "--from", "A", "--name", "f", "--path", fork);
  expect(fingerprint(fork), "a fork is A").toEqual(first);
  const states = async (): Promise<unknown> =>
    JSON.parse(await jvs("worktree", "list", "--json"))
      .filter(({ name }: { name: string }) => name === "f")
      .map(({ state }: { state: string }) => state);
  expect(await states(), "the index of a fork is right").toEqual(["clean"]);
  mutateTree(fork, work);
  const edited = fingerprint(fork);
  await jvs("worktree", "remove", "-q", "f");
  expect(existsSync(fork), "the fork is gone").toBe(false);
  await jvs("undo");
  expect(fingerprint(fork), "undo brings the fork back").toEqual(edited);
}
