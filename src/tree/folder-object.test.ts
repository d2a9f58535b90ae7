import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ObjectId } from "../model/entry.ts";
import type { RawPath } from "../model/raw-path.ts";
import { hashBytes } from "./content-sink.ts";
import { type FolderLine, readFolder, writeFolder } from "./folder-object.ts";
import { writeOldFolder } from "./old-folder-object.ts";

type Objects = Map<ObjectId, Uint8Array>;
type Write = typeof writeFolder;

const byName = (one: FolderLine, other: FolderLine): number => (one.name < other.name ? -1 : 1);
const lineOf = (name: string, content = 0): FolderLine => ({
  name: name as RawPath,
  size: 10,
  text: `f 644 10 1 ${String(content).padStart(64, "0")} ${name}`,
});
const folderOf = (count: number): FolderLine[] =>
  Array.from({ length: count }, (_, at) => lineOf(`file-${at}`)).sort(byName);

/** Writes a folder into `objects` and returns its name. */
function keep(
  objects: Objects,
  lines: readonly FolderLine[],
  write: Write = writeFolder,
): ObjectId {
  return write(lines, (bytes) => {
    const id = hashBytes(bytes);
    objects.set(id, Uint8Array.from(bytes));
    return id;
  });
}

function readBack(objects: Objects, id: ObjectId): string[] {
  return [...readFolder(id, (part) => objects.get(part) as Uint8Array).lines];
}

/** How many entries each page has; one number where there are no pages. */
function pagesOf(objects: Objects, id: ObjectId): number[] {
  const linesIn = (part: ObjectId): string[] =>
    Buffer.from(objects.get(part) as Uint8Array)
      .toString("latin1")
      .trimEnd()
      .split("\n");
  const lines = linesIn(id);
  if (lines[0]?.startsWith("g ") !== true) return [lines.length];
  return lines.map((line) => linesIn(line.split(" ")[4] as ObjectId).length);
}

describe("pages", () => {
  test.each([
    [64, 32, 64],
    [65, 32, 128],
    [1000, 32, 128],
    [4095, 32, 128],
    [4096, 64, 256],
    [100_000, 256, 1024],
  ])("of %i entries have %i entries to %i", (count, least, most) => {
    const objects: Objects = new Map();
    const pages = pagesOf(objects, keep(objects, folderOf(count)));

    expect(pages.reduce((sum, length) => sum + length, 0)).toBe(count);
    expect(pages.length === 1).toBe(count <= 64);
    for (const length of pages.slice(0, -1)) expect(length).toBeGreaterThanOrEqual(least);
    for (const length of pages) expect(length).toBeLessThanOrEqual(most);
  });

  test("say what is below them, and what they begin with", () => {
    const objects: Objects = new Map();
    const lines = folderOf(200);
    const id = keep(objects, lines);
    const pages = pagesOf(objects, id);
    const list = Buffer.from(objects.get(id) as Uint8Array).toString("latin1");
    let at = 0;
    const wanted = pages.map((length) => {
      const page = lines.slice(at, at + length);
      at += length;
      const text = page.map((line) => `${line.text}\n`).join("");
      const object = hashBytes(Buffer.from(text, "latin1"));
      return `g 0 ${10 * length} - ${object} ${page[0]?.name}\n`;
    });

    expect(pages.length).toBeGreaterThan(2);
    expect(list).toBe(wanted.join(""));
  });

  test("are what they always were", () => {
    const ids = [65, 1000, 5000].map((count) => keep(new Map(), folderOf(count)));

    expect(ids.map((id) => id.slice(0, 16))).toEqual([
      "aa3757bb32d7ebd5",
      "a8b693d513c49608",
      "0affa072d6ee138f",
    ]);
  });

  test("a change rewrites one, and the list", () => {
    for (const count of [65, 100, 1000, 5000]) {
      const objects: Objects = new Map();
      const lines = folderOf(count);
      keep(objects, lines);
      const before = objects.size;
      const at = Math.floor(count / 3);
      keep(objects, lines.with(at, lineOf(lines[at]?.name ?? "", 1)));
      expect(objects.size - before).toBe(2);
    }
  });
});

const names = fc.uniqueArray(fc.string({ unit: "grapheme-ascii", minLength: 1 }), {
  minLength: 50,
  maxLength: 300,
});

test("equal folders have equal pages, whatever was in them before", () => {
  fc.assert(
    fc.property(names, fc.nat(), (all, seed) => {
      const lines = all
        .map((name) => lineOf(encodeURIComponent(name)))
        .filter(({ name }, at, every) => every.findIndex((one) => one.name === name) === at)
        .sort(byName);
      const objects: Objects = new Map();
      const id = keep(objects, lines);
      expect(readBack(objects, id)).toEqual(lines.map(({ text }) => text));

      // One name less and then the same again, and the same from another order.
      const without = lines.toSpliced(seed % lines.length, 1);
      expect(keep(objects, without)).not.toBe(id);
      const before = objects.size;
      expect(keep(objects, lines.toReversed().sort(byName))).toBe(id);
      expect(objects.size).toBe(before);

      // Where pages begin does not depend on what the entries hold.
      const edited = lines.map(({ name }) => lineOf(name, 7));
      expect(pagesOf(objects, keep(objects, edited))).toEqual(pagesOf(objects, id));
    }),
    { numRuns: 100 },
  );
});

test.each([1, 1000, 4096, 4097, 5000, 40_000])(
  "a folder of %i entries that the first versions wrote is read",
  (count) => {
    const objects: Objects = new Map();
    const lines = folderOf(count);
    const id = keep(objects, lines, writeOldFolder);

    expect(readBack(objects, id)).toEqual(lines.map(({ text }) => text));
    expect(objects.size === 1).toBe(count <= 4096);
  },
);

/** Taken from a version that wrote them. */
test("the pages of the first versions are what they were", () => {
  const ids = [1000, 5000].map((count) => keep(new Map(), folderOf(count), writeOldFolder));
  expect(ids.map((id) => id.slice(0, 16))).toEqual(["62da795d3bb45526", "5b403c046468b005"]);
});
