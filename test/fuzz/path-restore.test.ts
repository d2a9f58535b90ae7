import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeKeeping } from "../../src/cli/raw-args.ts";
import type { Fingerprint } from "../fingerprint.ts";
import { mutations, tree } from "./arbitrary-tree.ts";
import { mutateTree } from "./mutate-tree.ts";
import { openStage } from "./stage.ts";
import { listTree, writeTree } from "./write-tree.ts";

const RUNS = Math.ceil(Number(process.env.JVS_FUZZ_RUNS ?? 500) / 5);

/** Groups of hard links may reach across the border of a path: they have tests of their own. */
const withoutLink = <T extends object>(placement: T): T => ({ ...placement, linkTo: undefined });
const plainTree = tree.map((list) => list.map(withoutLink));
const plainWork = mutations.map((list) =>
  list
    .filter(({ does }) => does !== "add a hard link")
    .map((mutation) => ({ ...mutation, placement: withoutLink(mutation.placement) })),
);

test(`a path comes back and nothing else changes, ${RUNS} random stories`, async () => {
  await fc.assert(
    fc.asyncProperty(plainTree, plainWork, fc.nat(99), async (before, work, which) => {
      using stage = openStage();
      const { jvs, look, folder } = stage;
      writeTree(folder, before);
      await jvs("init");
      await jvs("snapshot", "A");
      const saved = readLines(folder, look());
      mutateTree(folder, work);
      const unsaved = look();
      const live = readLines(folder, unsaved);
      const path = pickPath([...saved.keys(), ...live.keys()], which);
      if (path === undefined || isBarred(path, saved, live)) return;

      await jvs("restore", "A", "--", decodeKeeping(Buffer.from(path, "latin1")));
      expect(look()).toEqual([unsaved[0], ...expected(path, saved, live)]);
      await jvs("undo");
      expect(look(), "undo brings unsaved work back").toEqual(unsaved);
    }),
    { numRuns: RUNS },
  );
});

/** The line of each path. Both lists have one order; the first line is about the root. */
type Lines = ReadonlyMap<string, string>;

function readLines(folder: string, seen: Fingerprint): Lines {
  return new Map(listTree(folder).map(({ path }, index) => [path, seen[index + 1] as string]));
}

/** What reads like a pattern would stand for more than itself. */
function pickPath(paths: readonly string[], which: number): string | undefined {
  const plain = paths.filter((path) => !/[*?[\]{}!]/.test(path));
  return plain[which % plain.length];
}

/** Whether something that is no folder, and was not asked for, is where the path leads through. */
function isBarred(path: string, saved: Lines, live: Lines): boolean {
  return (
    saved.has(path) && parentsOf(path).some((parent) => live.has(parent) && !isFolder(parent, live))
  );
}

function isFolder(path: string, lines: Lines): boolean {
  return lines.get(path)?.slice(path.length).startsWith(" folder ") ?? false;
}

/**
 * The path and what is below it as saved; folders that lead there come back with it, and go when it
 * was all they held; the rest as it is.
 */
function expected(path: string, saved: Lines, live: Lines): string[] {
  const isWanted = (at: string): boolean => at === path || at.startsWith(`${path}/`);
  const parents = new Set(parentsOf(path));
  const holdsMore = (folder: string): boolean =>
    [...live.keys()].some((at) => at.startsWith(`${folder}/`) && !isWanted(at) && !parents.has(at));
  const goes = (at: string): boolean =>
    isWanted(at) || (parents.has(at) && live.has(path) && !saved.has(at) && !holdsMore(at));
  const lines = new Map([...live].filter(([at]) => !goes(at)));
  for (const [at, line] of saved)
    if (isWanted(at) || (parents.has(at) && saved.has(path) && !lines.has(at))) lines.set(at, line);
  return [...lines]
    .sort(([one], [other]) => (key(one) < key(other) ? -1 : 1))
    .map(([, line]) => line);
}

/** Sorts a folder right before what is in it. */
function key(path: string): string {
  return path.replaceAll("/", "\0");
}

function parentsOf(path: string): string[] {
  const parts = path.split("/");
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join("/"));
}
