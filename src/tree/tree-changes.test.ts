import { expect, test } from "vitest";
import type { Entry, ObjectId } from "../model/entry.ts";
import type { RawPath } from "../model/raw-path.ts";
import type { TreeChange } from "./diff-trees.ts";
import { TreeChanges } from "./tree-changes.ts";

const ID = "0a".repeat(32) as ObjectId;

function entry(name: string, fields: Partial<Entry> = {}): Entry {
  const usual = { kind: "f", mode: 0o644, size: 44, mtime: "44", content: ID } as const;
  return { name: name as RawPath, ...usual, ...fields };
}

function change(path: string, before: Entry | undefined, after: Entry | undefined): TreeChange {
  return { path: path as RawPath, before, after };
}

const FOLDER = { kind: "d", mtime: "-" } as const;

const CHANGES: readonly TreeChange[] = [
  change("a", undefined, entry("a", FOLDER)),
  change("a/n\n %\xff", undefined, entry("n\n %\xff")),
  change("b", entry("b", FOLDER), entry("b", { ...FOLDER, mode: 0o700 })),
  change("b/c", entry("c", { mtime: "-5", sparse: true, uid: 7, gid: 8 }), entry("c")),
  change("b/d", entry("d", { kind: "l", mtime: "-" }), entry("d", { xattrs: ID, size: 2 ** 50 })),
  change("b/e", entry("e", { ...FOLDER, content: "" }), undefined),
  change("f", entry("f"), undefined),
];

test("changes come back as they were", () => {
  expect([...new TreeChanges(CHANGES)]).toEqual(CHANGES);
});

test("a row of the workspace comes back, too", () => {
  const changes = new TreeChanges([change("a", { ...entry("a"), row: 0 } as Entry, undefined)]);
  expect(changes.at(0).before).toMatchObject({ row: 0 });
});

test("types are told, and folders that need no line", () => {
  const changes = new TreeChanges(CHANGES);
  const told = CHANGES.map((_, index) => [changes.typeAt(index), changes.isCovered(index)]);
  expect(told).toEqual([
    ["added", true],
    ["added", false],
    ["metadata", false],
    ["metadata", false],
    ["modified", false],
    ["removed", false],
    ["removed", false],
  ]);
});

test("more than fits into one piece of memory", () => {
  const long = "n".repeat(200);
  const changes = new TreeChanges(
    Array.from({ length: 9000 }, (_, at) =>
      change(`${long}${at}`, entry(`${long}${at}`), undefined),
    ),
  );
  expect(changes.length).toBe(9000);
  for (const at of [0, 3000, 8999]) expect(changes.at(at).before?.name).toBe(`${long}${at}`);
});
