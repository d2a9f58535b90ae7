import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import type { RawPath } from "../model/raw-path.ts";
import { standInOf } from "./stand-in.ts";

test("a stand-in is as docs/format.md says, and differs by snapshot and path", () => {
  const id = "1700000000000-0123abcd";
  const path = "sub dir/caf\xe9" as RawPath;
  const digest = createHash("sha256")
    .update(Buffer.from(`jvs pending ${id} ${path}`, "latin1"))
    .digest();
  const turned = Buffer.from(digest.map((byte) => 255 - byte)).toString("hex");
  expect(standInOf(id, path)).toBe(turned);
  expect(standInOf(id, "sub dir" as RawPath)).not.toBe(turned);
  expect(standInOf("1700000000000-0123abce", path)).not.toBe(turned);
});
