import {
  appendFileSync,
  chmodSync,
  closeSync,
  linkSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { expect, test } from "vitest";
import { setXattr } from "../../../test/system-calls.ts";
import { exchange } from "../at.ts";
import { type ChangedPaths, listChangedSince } from "./changed-since.ts";
import { asNobody, raw, useScratchBtrfs } from "./scratch-btrfs.suite.ts";
import { commitChanges, createSubvolume, snapshotSubvolume, subvolumeOf } from "./subvolume.ts";
import { LAST, TreeSearcher } from "./tree-search.ts";

const disk = useScratchBtrfs();

/** A subvolume of which snapshots are taken. */
interface Stage {
  readonly path: string;
  readonly source: number;
  /** Takes a snapshot and returns its open folder. */
  snap(): number;
  /** What changed since the last snapshot, of which it takes a new one; each list sorted. */
  changes(): ChangedPaths;
}

let stages = 0;

function start(fill: (path: string) => void): Stage {
  const name = `w${stages++}`;
  createSubvolume(disk.open(), raw(name));
  const path = `${disk.path}/${name}`;
  fill(path);
  const source = disk.open(name);
  let count = 0;
  let last = 0;
  const snap = (): number => {
    const next = `${name}.${count++}`;
    snapshotSubvolume(source, { at: disk.open(), name: raw(next) }, { readOnly: true });
    last = subvolumeOf(disk.open(next)).createdIn;
    return disk.open(next);
  };
  snap();
  const changes = (): ChangedPaths => {
    const since = last;
    const { folders, files, placed } = listChangedSince(snap(), since) as ChangedPaths;
    return { folders: folders.toSorted(), files: files.toSorted(), placed: placed.toSorted() };
  };
  return { path, source, snap, changes };
}

function nothing(): ChangedPaths {
  return { folders: [], files: [], placed: [] };
}

test("each kind of change is told by itself, and nothing else", () => {
  const { path, source, changes } = start((folder) => {
    for (const name of ["a/deep", "b", "c"]) mkdirSync(`${folder}/${name}`, { recursive: true });
    for (const name of ["a/deep/one", "a/two", "b/three", "b/four", "five"])
      writeFileSync(`${folder}/${name}`, name);
    symlinkSync("five", `${folder}/link`);
  });
  const told = (deed: () => void): Partial<ChangedPaths> => {
    deed();
    return changes();
  };
  const only = (some: Record<string, readonly string[]>): unknown => ({ ...nothing(), ...some });

  expect(told(() => {})).toEqual(nothing());
  expect(told(() => appendFileSync(`${path}/a/two`, "x"))).toEqual(only({ files: ["a/two"] }));
  expect(told(() => chmodSync(`${path}/b/three`, 0o600))).toEqual(only({ files: ["b/three"] }));
  expect(told(() => utimesSync(`${path}/five`, 1, 2))).toEqual(only({ files: ["five"] }));
  expect(told(() => chmodSync(path, 0o700))).toEqual(only({ folders: [""] }));
  expect(told(() => setXattr(`${path}/c`, "user.a", Buffer.from("1")))).toEqual(
    only({ folders: ["c"] }),
  );
  expect(told(() => writeFileSync(`${path}/c/new`, ""))).toEqual(
    only({ folders: ["c"], files: ["c/new"] }),
  );
  expect(told(() => rmSync(`${path}/c/new`))).toEqual(only({ folders: ["c"] }));
  expect(told(() => renameSync(`${path}/b/four`, `${path}/c/4`))).toEqual(
    only({ folders: ["b", "c"], files: ["c/4"] }),
  );
  expect(told(() => linkSync(`${path}/b/three`, `${path}/a/deep/3`))).toEqual(
    only({ folders: ["a/deep"], files: ["a/deep/3", "b/three"] }),
  );
  expect(told(() => appendFileSync(`${path}/b/three`, "x"))).toEqual(
    only({ files: ["a/deep/3", "b/three"] }),
  );
  expect(told(() => renameSync(`${path}/a/deep`, `${path}/c/deep`))).toEqual(
    only({ folders: ["a", "c", "c/deep"], placed: ["c/deep"] }),
  );
  const [one, other] = [
    { at: source, name: raw("a") },
    { at: source, name: raw("b") },
  ];
  expect(told(() => exchange(one, other))).toEqual(
    only({ folders: ["", "a", "b"], placed: ["a", "b"] }),
  );
});

test("a file with more names than one item holds is told by all of them", () => {
  const names = Array.from({ length: 400 }, (_, index) => `${index} ${"\xff".repeat(200)}`).sort();
  const { source, path, changes } = start((folder) => {
    writeFileSync(`${folder}/first`, "x");
    for (const name of names)
      linkSync(
        `${folder}/first`,
        Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(name, "latin1")]),
      );
  });
  expect(source).toBeGreaterThan(0);
  appendFileSync(`${path}/first`, "x");
  expect(changes()).toEqual({ ...nothing(), files: [...names, "first"] });
});

test("a path longer than any system call takes", () => {
  const parts = Array.from({ length: 30 }, () => "d".repeat(200));
  let at = 0;
  const { changes } = start((folder) => {
    at = openSync(folder, "r");
    for (const part of parts) {
      mkdirSync(`/proc/self/fd/${at}/${part}`);
      const deeper = openSync(`/proc/self/fd/${at}/${part}`, "r");
      closeSync(at);
      at = deeper;
    }
  });
  writeFileSync(`/proc/self/fd/${at}/new`, "");
  closeSync(at);
  const folder = parts.join("/");
  expect(changes()).toEqual({ ...nothing(), folders: [folder], files: [`${folder}/new`] });
});

test("only the part of the tree that changed is read", () => {
  const { path, source, snap } = start((folder) => {
    for (let index = 0; index < 3000; index++) writeFileSync(`${folder}/${index}`, "");
  });
  const before = subvolumeOf(snap()).createdIn;
  chmodSync(`${path}/1500`, 0o600);
  const now = snap();
  const countItems = (minGeneration: number): number => {
    let count = 0;
    const from = { objectId: 0n, type: 0, offset: 0n };
    const to = { objectId: LAST, type: 255, offset: LAST };
    new TreeSearcher(now).search({ from, to, minGeneration }, () => count++);
    return count;
  };
  expect(countItems(0)).toBeGreaterThan(4 * 3000);
  expect(countItems(before + 1)).toBeLessThan(300);
  expect(source).toBeGreaterThan(0);
});

test("the kernel changes a snapshot that has files without a name: it is no later for that", () => {
  const stage = start((folder) => writeFileSync(`${folder}/a`, "a"));
  const open = openSync(`${stage.path}/gone`, "w+");
  rmSync(`${stage.path}/gone`);
  const first = stage.snap();
  appendFileSync(`${stage.path}/a`, "b");
  commitChanges(first);

  const { createdIn, generation } = subvolumeOf(first);
  expect(generation).toBeGreaterThan(createdIn);
  expect(stage.changes()).toEqual({ ...nothing(), files: ["a"] });
  closeSync(open);
});

test("what was made from a snapshot is compared with it in the same way", () => {
  const stage = start((folder) => writeFileSync(`${folder}/a`, "a"));
  const first = stage.snap();
  writeFileSync(`${stage.path}/later`, "x");
  const fork = `fork${stages}`;
  snapshotSubvolume(first, { at: disk.open(), name: raw(fork) }, { readOnly: false });
  appendFileSync(`${disk.path}/${fork}/a`, "b");
  const name = raw(`${fork}.1`);
  snapshotSubvolume(disk.open(fork), { at: disk.open(), name }, { readOnly: true });

  const changes = listChangedSince(disk.open(name), subvolumeOf(first).createdIn);
  expect(changes).toEqual({ ...nothing(), files: ["a"] });
});

test("a subvolume that takes a folder's name shows; what is in it does not", () => {
  const stage = start((folder) => {
    mkdirSync(`${folder}/a`);
    writeFileSync(`${folder}/a/file`, "");
  });
  createSubvolume(stage.source, raw("s"));
  writeFileSync(`${stage.path}/s/inner`, "");
  expect(stage.changes()).toEqual({ ...nothing(), folders: [""], placed: ["s"] });
  writeFileSync(`${stage.path}/s/inner`, "more");
  expect(stage.changes()).toEqual(nothing());
  exchange({ at: stage.source, name: raw("a") }, { at: stage.source, name: raw("s") });
  expect(stage.changes()).toEqual({ folders: ["", "s"], files: [], placed: ["a", "s"] });
});

test("who may not ask is told so", () => {
  const stage = start((folder) => writeFileSync(`${folder}/a`, "a"));
  const now = stage.snap();
  expect(asNobody(() => listChangedSince(now, 0))).toBeUndefined();
});
