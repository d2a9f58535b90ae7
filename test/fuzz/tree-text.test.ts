import fc from "fast-check";
import { expect, test } from "vitest";
import type { Xattr } from "../../src/fs/xattrs.ts";
import type { Entry, ObjectId } from "../../src/model/entry.ts";
import type { RawPath } from "../../src/model/raw-path.ts";
import { fromBytes, fromText, inWords, pathFields, toBytes } from "../../src/model/raw-path.ts";
import { decodeXattrs, encodeXattrs } from "../../src/tree/encode-xattrs.ts";
import { formatEntry, parseEntry } from "../../src/tree/entry-line.ts";
import { escapeName, unescapeName } from "../../src/tree/escape-name.ts";
import { type FolderLine, readFolder, writeFolder } from "../../src/tree/folder-object.ts";
import { decodeLinkGroups, encodeLinkGroups } from "../../src/tree/link-groups.ts";

const RUNS = { numRuns: Number(process.env.JVS_FUZZ_RUNS ?? 500) };
const FEW_RUNS = { numRuns: Math.ceil(RUNS.numRuns / 20) };

/** What the kernel takes for a name, as bytes, with much of what is hard to write down. */
const rawName: fc.Arbitrary<RawPath> = fc
  .oneof(
    fc.uint8Array({ minLength: 1, maxLength: 255 }).map(fromBytes),
    fc.string({ unit: "binary", minLength: 1, maxLength: 40 }).map(fromText),
    fc.string({ unit: fc.constantFrom(..."%41 \n\t~é\u{1f600}") }).map(fromText),
  )
  .map((raw) => raw.replace(/[/\0]/g, "_") as RawPath)
  .filter((raw) => raw !== "" && raw !== "." && raw !== "..");

const objectId: fc.Arbitrary<ObjectId> = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes) => Buffer.from(bytes).toString("hex") as ObjectId);

const entry: fc.Arbitrary<Entry> = fc
  .record(
    {
      name: rawName,
      kind: fc.constantFrom("f", "d", "l", "p"),
      mode: fc.integer({ min: 0, max: 0o7777 }),
      size: fc.maxSafeNat(),
      mtime: fc.oneof(
        fc.constant("-"),
        fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n }).map(String),
      ),
      content: objectId,
      xattrs: objectId,
      sparse: fc.constant(true),
      uid: fc.nat(2 ** 32 - 2),
      gid: fc.nat(2 ** 32 - 2),
    },
    { requiredKeys: ["name", "kind", "mode", "size", "mtime", "content"] },
  )
  .map((record) => record as Entry);

test("a name has one spelling, on one line, and comes back from it", () => {
  fc.assert(
    fc.property(rawName, (name) => {
      const text = escapeName(name);

      expect(unescapeName(text)).toBe(name);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: their absence is what is tested.
      expect(text).not.toMatch(/[\x00-\x20\x7f]/);
      expect(() =>
        new TextDecoder("utf-8", { fatal: true }).decode(toBytes(text as RawPath)),
      ).not.toThrow();
    }),
    RUNS,
  );
});

test("names that differ are spelled differently, also a name and its own spelling", () => {
  fc.assert(
    fc.property(rawName, (name) => {
      const other = escapeName(name) as RawPath;

      expect(escapeName(other) === escapeName(name)).toBe(other === name);
    }),
    RUNS,
  );
});

test("a path comes back from its report; in words it is one line, and no other path has that line", () => {
  fc.assert(
    fc.property(rawName, rawName, (name, other) => {
      const { path, path_base64: bytes } = pathFields(name);
      expect(path.isWellFormed()).toBe(true);
      expect(bytes === undefined ? fromText(path) : fromBytes(Buffer.from(bytes, "base64"))).toBe(
        name,
      );
      const words = inWords(pathFields(name));
      // biome-ignore lint/suspicious/noControlCharactersInRegex: their absence is what is tested.
      expect(words).not.toMatch(/[\x00-\x1f\x7f]/);
      // What people read, taken for a name, is another name unless nothing had to be escaped.
      for (const rival of [other, fromText(words), fromText(path)])
        expect(inWords(pathFields(rival)) === words).toBe(rival === name);
    }),
    RUNS,
  );
});

test("an entry comes back from its line", () => {
  fc.assert(
    fc.property(entry, (written) => {
      const line = formatEntry(written);

      expect(line).not.toContain("\n");
      expect(parseEntry(line)).toEqual(written);
    }),
    RUNS,
  );
});

test("a line that leads out of its folder is refused", () => {
  fc.assert(
    fc.property(
      entry,
      fc.constantFrom(".", "..", "", "a/b", "../x", "a%2Fb", "%00"),
      (of, name) => {
        const line = formatEntry({ ...of, name: "NAME" as RawPath }).replace("NAME", name);

        expect(() => parseEntry(line)).toThrow("is no entry");
      },
    ),
    RUNS,
  );
});

test("attributes and groups of links come back as they were", () => {
  const xattrs = fc.uniqueArray(
    fc.tuple(rawName, fc.uint8Array({ maxLength: 300 }).map(Buffer.from)),
    { selector: ([name]) => name },
  );
  const groups = fc.array(fc.array(rawName, { minLength: 2, maxLength: 5 }));

  fc.assert(
    fc.property(xattrs, groups, (attributes, links) => {
      expect(decodeXattrs(encodeXattrs(attributes as unknown as Xattr[]))).toEqual(attributes);
      expect(decodeLinkGroups(encodeLinkGroups(links))).toEqual(links);
    }),
    RUNS,
  );
});

test("a folder of any size comes back, and one more file rewrites little of it", () => {
  const count = fc.constantFrom(0, 1, 64, 65, 1000, 4095, 4096, 9000, 40_000);
  fc.assert(
    fc.property(count, fc.nat(1e9), entry, (size, salt, extra) => {
      const objects = new Map<ObjectId, Uint8Array>();
      const entries = Array.from({ length: size }, (_, index) => ({
        ...extra,
        name: `${salt}-${index}` as RawPath,
      }));
      const id = write(entries, objects);
      expect(
        readFolder(id, (part) => objects.get(part) as Uint8Array).lines.map(parseEntry),
      ).toEqual(entries.sort(byName));

      const before = objects.size;
      write([...entries, extra], objects);
      // From 4,096 names on pages are longer: that step rewrites them all. Else one is rewritten and,
      // seldom, the few behind it, up to where the next one begins as before.
      if (size !== 4095) expect(objects.size - before).toBeLessThanOrEqual(12);
    }),
    FEW_RUNS,
  );
});

function write(entries: readonly Entry[], objects: Map<ObjectId, Uint8Array>): ObjectId {
  const lines = entries
    .toSorted(byName)
    .map((one): FolderLine => ({ name: one.name, size: one.size, text: formatEntry(one) }));
  return writeFolder(lines, (bytes) => {
    const id = Bun.CryptoHasher.hash("sha256", bytes, "hex") as ObjectId;
    objects.set(id, Uint8Array.from(bytes));
    return id;
  });
}

function byName(one: Entry, other: Entry): number {
  return one.name < other.name ? -1 : 1;
}
