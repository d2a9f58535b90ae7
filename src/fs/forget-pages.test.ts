import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { forgetPages } from "./forget-pages.ts";

test("what was read of a mapped file is read again, what was changed there is as in the file", () => {
  const folder = mkdtempSync(join(tmpdir(), "jvs-pages-"));
  const path = join(folder, "file");
  const content = Buffer.alloc(300_000, "content of some length. ");
  writeFileSync(path, content);
  const mapped = Bun.mmap(path, { shared: false });
  mapped.fill(0, 150_000, 150_010);
  mapped.fill(0, 299_990);

  forgetPages(mapped.subarray(0, 290_000));
  expect(Buffer.compare(mapped.subarray(0, 290_000), content.subarray(0, 290_000))).toBe(0);
  expect([...mapped.subarray(299_990)]).toEqual(Array(10).fill(0));
  rmSync(folder, { recursive: true });
});
