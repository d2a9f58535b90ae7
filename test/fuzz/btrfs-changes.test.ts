import {
  type BigIntStats,
  closeSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { exchange } from "../../src/fs/at.ts";
import { type ChangedPaths, listChangedSince } from "../../src/fs/btrfs/changed-since.ts";
import { deleteSubvolume } from "../../src/fs/btrfs/delete-subvolume.ts";
import { raw, useScratchBtrfs } from "../../src/fs/btrfs/scratch-btrfs.suite.ts";
import { createSubvolume, snapshotSubvolume, subvolumeOf } from "../../src/fs/btrfs/subvolume.ts";
import { listXattrs } from "../system-calls.ts";
import { type MutationSpec, mutations, type PlacementSpec, tree } from "./arbitrary-tree.ts";
import { mutateTree } from "./mutate-tree.ts";
import { at, type Found, listTree, writeTree } from "./write-tree.ts";

const RUNS = Math.ceil(Number(process.env.JVS_FUZZ_RUNS ?? 500) / 4);
const SEED = process.env.JVS_FUZZ_SEED;

const disk = useScratchBtrfs();

/** What node:fs does not do, beside the usual deeds. */
interface OddDeed {
  readonly does: "write through a map" | "exchange" | "leave an open file without a name";
  readonly at: number;
  readonly other: number;
}

interface Story {
  readonly before: readonly PlacementSpec[];
  /** Between one snapshot and the next. */
  readonly rounds: readonly {
    readonly usual: readonly MutationSpec[];
    readonly odd: readonly OddDeed[];
    readonly oddFirst: boolean;
  }[];
}

const oddDeed: fc.Arbitrary<OddDeed> = fc.record({
  does: fc.constantFrom(
    "write through a map" as const,
    "exchange" as const,
    "leave an open file without a name" as const,
  ),
  at: fc.nat(60),
  other: fc.nat(60),
});

const story: fc.Arbitrary<Story> = fc.record({
  before: tree,
  rounds: fc.array(
    fc.record({
      usual: mutations,
      odd: fc.array(oddDeed, { maxLength: 3 }),
      oddFirst: fc.boolean(),
    }),
    { minLength: 1, maxLength: 3 },
  ),
});

test(`every change between two btrfs snapshots is found, ${RUNS} random stories`, () => {
  makeBase();
  fc.assert(fc.property(story, tellStory), {
    numRuns: RUNS,
    ...(SEED === undefined ? {} : { seed: Number(SEED) }),
  });
});

/** So much in it that the tree has many leaves, most of which no story touches. */
function makeBase(): void {
  // A look at a folder is a change of its access time, and this test looks at all.
  expect(Bun.spawnSync(["mount", "-o", "remount,noatime", disk.path]).success).toBe(true);
  createSubvolume(disk.open(), raw("base"));
  for (let folder = 0; folder < 3; folder++) {
    mkdirSync(`${disk.path}/base/still ${folder}`);
    for (let file = 0; file < 30; file++)
      writeFileSync(`${disk.path}/base/still ${folder}/${file}`, `${file}`.padEnd(1500));
  }
}

function tellStory({ before, rounds }: Story): void {
  using stage = openStage();
  writeTree(stage.folder, before);
  let old = stage.snapshot();
  for (const { usual, odd, oddFirst } of rounds) {
    if (oddFirst) stage.doOdd(odd);
    mutateTree(stage.folder, usual);
    if (!oddFirst) stage.doOdd(odd);
    const now = stage.snapshot();
    // The live subvolume gives the same answer while nothing goes on in it.
    for (const path of [now.path, stage.folder]) expectAllFound(old, now, changesIn(path, old));
    old = now;
  }
}

interface Snapshot {
  readonly path: string;
  readonly createdIn: number;
  readonly state: ReadonlyMap<string, string>;
}

interface Stage extends Disposable {
  readonly folder: string;
  doOdd(deeds: readonly OddDeed[]): void;
  snapshot(): Snapshot;
}

let stages = 0;

function openStage(): Stage {
  const top = openSync(disk.path, "r");
  const name = `w${stages++}`;
  const names = [name];
  inOpen(`${disk.path}/base`, (base) =>
    snapshotSubvolume(base, { at: top, name: raw(name) }, { readOnly: false }),
  );
  const folder = `${disk.path}/${name}`;
  const source = openSync(folder, "r");
  const open: number[] = [top, source];
  return {
    folder,
    doOdd: (deeds) => {
      for (const deed of deeds) open.push(...doOdd(folder, source, deed));
    },
    snapshot() {
      const next = `${name}.${names.length}`;
      snapshotSubvolume(source, { at: top, name: raw(next) }, { readOnly: true });
      names.push(next);
      const path = `${disk.path}/${next}`;
      return { path, createdIn: inOpen(path, subvolumeOf).createdIn, state: stateOf(path) };
    },
    [Symbol.dispose]() {
      for (const one of names) deleteSubvolume(top, raw(one));
      for (const fd of open) closeSync(fd);
    },
  };
}

/** Returns what stays open. */
function doOdd(folder: string, source: number, deed: OddDeed): number[] {
  const found = listTree(folder);
  const one = found[deed.at % found.length];
  const other = found[deed.other % found.length];
  if (one === undefined || other === undefined) return [];
  if (deed.does === "exchange") tryExchange(source, one, other);
  else if (one.kind === "file" && deed.does === "write through a map") writeMapped(folder, one);
  else if (one.kind === "file") return leaveOpen(at(folder, one.path));
  return [];
}

function tryExchange(source: number, one: Found, other: Found): void {
  try {
    exchange({ at: source, name: raw(one.path) }, { at: source, name: raw(other.path) });
  } catch {
    // One lies in the other.
  }
}

function writeMapped(folder: string, { path }: Found): void {
  const file = at(folder, path);
  if (lstatSync(file).size === 0) return;
  const fd = openSync(file, "r+");
  const mapped = Bun.mmap(`/proc/self/fd/${fd}`, { shared: true });
  mapped[0] = (mapped[0] ?? 0) + 1;
  closeSync(fd);
}

/** The kernel clears it out of snapshots after they were made. */
function leaveOpen(path: Buffer): number[] {
  const fd = openSync(path, "r+");
  rmSync(path);
  return [fd];
}

function inOpen<T>(path: string, work: (fd: number) => T): T {
  const fd = openSync(path, "r");
  try {
    return work(fd);
  } finally {
    closeSync(fd);
  }
}

function changesIn(path: string, { createdIn }: Snapshot): ChangedPaths {
  const changes = inOpen(path, (fd) => listChangedSince(fd, createdIn));
  if (changes === undefined) throw new Error("root may ask for changes");
  return changes;
}

/** Everything that there is to see, by path. */
function stateOf(folder: string): Map<string, string> {
  const state = new Map([["", describe(Buffer.from(folder))]]);
  for (const { path } of listTree(folder)) state.set(path, describe(at(folder, path)));
  return state;
}

function describe(path: Buffer): string {
  const stat = lstatSync(path, { bigint: true });
  const { ino, mode, uid, gid, nlink, size, mtimeNs, ctimeNs } = stat;
  const facts = [ino, mode, uid, gid, nlink, size, mtimeNs, ctimeNs];
  return [...facts, ...listXattrs(path), contentOf(path, stat)].join(" ");
}

function contentOf(path: Buffer, stat: BigIntStats): string {
  if (stat.isSymbolicLink()) return readlinkSync(path, { encoding: "latin1" });
  return stat.isFile() ? `${Bun.hash(readFileSync(path))}` : "";
}

function expectAllFound(old: Snapshot, now: Snapshot, changes: ChangedPaths): void {
  const [folders, files, placed] = [changes.folders, changes.files, changes.placed].map(
    (paths) => new Set<string>(paths),
  ) as [Set<string>, Set<string>, Set<string>];
  const isBelowPlaced = (path: string): boolean => ancestors(path).some((one) => placed.has(one));
  for (const path of new Set([...old.state.keys(), ...now.state.keys()])) {
    const [was, is] = [old.state.get(path), now.state.get(path)];
    if (was === is || isBelowPlaced(path)) continue;
    if (is !== undefined)
      expect(folders.has(path) || files.has(path), `"${path}" changed`).toBe(true);
    const isGoneOrNew = was === undefined || is === undefined;
    if (isGoneOrNew)
      expect(isListed(path, { folders, files, now }), `"${path}" came or went`).toBe(true);
  }
  for (const path of [...folders, ...files, ...placed])
    expect(
      now.state.has(path) || path === ".jvs" || path.startsWith(".jvs/"),
      `"${path}" is there`,
    ).toBe(true);
  const isAsBefore = (path: string): boolean => old.state.get(path) === now.state.get(path);
  const tooMuch = [...folders, ...files].filter((path) => isAsBefore(path) && !isBelowPlaced(path));
  expect(tooMuch.filter((path) => path.startsWith("still"))).toEqual([]);
}

/** Whether a name that came or went shows in what is told: its folder, or what is left of the way to it. */
function isListed(
  path: string,
  {
    folders,
    files,
    now,
  }: { folders: ReadonlySet<string>; files: ReadonlySet<string>; now: Snapshot },
): boolean {
  const left = ancestors(path).find((one) => one === "" || now.state.has(one)) ?? "";
  return left === path ? folders.has(parentOf(path)) : folders.has(left) || files.has(left);
}

/** The path itself first, the top last. */
function ancestors(path: string): string[] {
  return path === "" ? [""] : [path, ...ancestors(parentOf(path))];
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf("/"), 0));
}
