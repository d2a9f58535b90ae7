import { expect, test } from "vitest";
import { isKnownVersion, parseVersion, readsLayoutA } from "./juice-version.ts";

test.each([
  ["1.3.1+2025-12-02.da5fdcb", { major: 1, minor: 3 }],
  ["1.4.0-beta1+2026-01-01.1234567", { major: 1, minor: 4 }],
  ["juicefs version 1.2.3+unknown\n", { major: 1, minor: 2 }],
  ["v1.1", { major: 1, minor: 1 }],
  ["unknown", undefined],
  ["", undefined],
])("%s", (text, version) => {
  expect(parseVersion(text)).toEqual(version);
});

test.each([
  ["1.0.4", false, false],
  ["1.1.0", true, true],
  ["1.2.5", true, true],
  ["1.3.0", true, false],
  ["1.4.1", true, false],
  ["1.5.0", false, false],
  ["2.1.0", false, false],
  ["5.1.8", false, false],
])("%s: known %s, reads layout A %s", (text, isKnown, readsA) => {
  const version = parseVersion(text) ?? { major: 0, minor: 0 };

  expect([isKnownVersion(version), readsLayoutA(version)]).toEqual([isKnown, readsA]);
});
