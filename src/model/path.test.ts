import { posix } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { basename, dirname, relative, resolve } from "./path.ts";

const path = fc
  .array(fc.constantFrom("a", "bc", ".", "..", "", "/", ".x", "...", "ä"), { maxLength: 7 })
  .chain((parts) => fc.constantFrom("/", "").map((start) => start + parts.join("/")))
  // Two slashes at the beginning are something of their own for POSIX, and for dirname of node:path.
  .map((text) => text.replace(/^\/+/, "/"));

test("paths are cut and joined as node:path does", () => {
  fc.assert(
    fc.property(path, path, (one, other) => {
      expect(dirname(one)).toBe(posix.dirname(one));
      expect(basename(one)).toBe(posix.basename(one));
      expect(resolve(one, other)).toBe(posix.resolve(one, other));
      expect(relative(one, other)).toBe(posix.relative(one, other));
    }),
    { numRuns: 5000 },
  );
});
