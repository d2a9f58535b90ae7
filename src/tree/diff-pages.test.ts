import { expect, test } from "vitest";
import type { ObjectId } from "../model/entry.ts";
import type { RawPath } from "../model/raw-path.ts";
import { hashBytes } from "./content-sink.ts";
import { diffTrees } from "./diff-trees.ts";
import { formatEntry } from "./entry-line.ts";
import { writeFolder } from "./folder-object.ts";
import { storedFolder } from "./tree-source.ts";

const objects = new Map<ObjectId, Uint8Array>();

/** A folder of files `0` to `count - 1`; those in `edited` hold something else. */
function write(count: number, edited: ReadonlySet<number>): ObjectId {
  const content = (at: number): ObjectId => hashBytes(Buffer.from(edited.has(at) ? "new" : "old"));
  const lines = Array.from({ length: count }, (_, at) => ({
    name: String(at) as RawPath,
    size: 3,
    text: formatEntry({
      name: String(at) as RawPath,
      kind: "f",
      mode: 0o644,
      size: 3,
      mtime: "1",
      content: content(at),
    }),
  }));
  return writeFolder(
    lines.sort((one, other) => (one.name < other.name ? -1 : 1)),
    (bytes) => {
      const id = hashBytes(bytes);
      objects.set(id, Uint8Array.from(bytes));
      return id;
    },
  );
}

test("of two large folders a page that both have is read once", () => {
  const count = 3000;
  const read: ObjectId[] = [];
  const folder = (id: ObjectId): ReturnType<typeof storedFolder> =>
    storedFolder(id, (part) => {
      read.push(part);
      return objects.get(part) as Uint8Array;
    });
  const before = write(count, new Set());
  const pages = objects.size - 1;
  const after = write(count, new Set([5, 2000]));
  const changes = [...diffTrees(folder(before), folder(after))];
  expect(changes.map(({ path }) => path)).toEqual(["2000", "5"]);
  // Both lists, every page of one side, and of the other the two that differ.
  expect(read.length).toBe(2 + pages + 2);
  expect(new Set(read).size).toBe(read.length);
});
