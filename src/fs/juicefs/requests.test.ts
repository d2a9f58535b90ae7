import { expect, test } from "vitest";
import type { RawPath } from "../../model/raw-path.ts";
import { encodeClone, encodeInfo, encodeRemove } from "./requests.ts";

const CLONE = {
  source: 5n,
  sourceParent: 1n,
  targetParent: 1n,
  name: "snap" as RawPath,
  umask: 0o22,
  threads: 4,
};

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

test.each([
  ["A", "000003ee000000180000000000000005000000000000000104736e6170001202"],
  ["B", "000003ee0000002000000000000000050000000000000001000000000000000104736e6170001202"],
  ["C", "000003ee0000002100000000000000050000000000000001000000000000000104736e617000120204"],
] as const)("a clone in layout %s", (layout, bytes) => {
  expect(hex(encodeClone(layout, CLONE))).toBe(bytes);
});

test("a clone that is the caller's own", () => {
  const own = { ...CLONE, isOwn: true, umask: 0o7177 };

  expect(hex(encodeClone("C", own))).toMatch(/04736e61700e7f0004$/);
  expect(hex(encodeClone("A", own))).toMatch(/04736e61700e7f00$/);
});

test("a removal that skips the trash", () => {
  const request = { parent: 1n, name: "snap" as RawPath, skipTrash: true, threads: 50 };

  expect(hex(encodeRemove(request))).toBe("000003ea0000000f000000000000000104736e61700132");
  expect(hex(encodeRemove({ ...request, skipTrash: false }))).toMatch(/0032$/);
});

test("a question about a tree", () => {
  expect(hex(encodeInfo({ inode: 5n, recursive: true }))).toBe(
    "000003ed0000000b0000000000000005010000",
  );
  expect(hex(encodeInfo({ inode: 5n, raw: true, strict: true }))).toMatch(/000101$/);
});

test("all 64 bits of an inode travel", () => {
  const request = encodeInfo({ inode: 9223372032559808514n });

  expect(hex(request)).toContain("7fffffff00000002");
});

test("names are bytes, 255 at most", () => {
  const bytes = "\xff".repeat(255) as RawPath;

  expect(hex(encodeClone("C", { ...CLONE, name: bytes }))).toContain(`ff${"ff".repeat(255)}0012`);
  expect(encodeClone("C", { ...CLONE, name: bytes })).toHaveLength(8 + 29 + 255);
});

test.each([
  ["nothing", ""],
  ["a dot", "."],
  ["two dots", ".."],
  ["a path", "a/b"],
  ["a zero byte", "a\0"],
  ["256 bytes", "x".repeat(256)],
])("refuses %s as a name", (_, name) => {
  const fault = expect.objectContaining({ code: "E_NAME_INVALID" });

  expect(() => encodeClone("C", { ...CLONE, name: name as RawPath })).toThrow(fault);
  expect(() => encodeRemove({ parent: 1n, name: name as RawPath })).toThrow(fault);
});
