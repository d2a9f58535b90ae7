import { chmodSync, existsSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { removeByHand, removeTree } from "./remove-tree.ts";

function makeTree(): { top: string; kept: string } {
  const scratch = mkdtempSync(join(tmpdir(), "jvs-remove-"));
  const [top, kept] = [join(scratch, "top"), join(scratch, "kept")];
  mkdirSync(join(top, "closed/inner"), { recursive: true });
  mkdirSync(kept);
  writeFileSync(join(top, "closed/inner/file"), "");
  writeFileSync(join(kept, "file"), "");
  symlinkSync(kept, join(top, "closed/link"));
  chmodSync(join(top, "closed"), 0o555);
  return { top, kept };
}

test.for([
  { name: "at once", remove: removeTree },
  { name: "name by name", remove: removeByHand },
])("a tree goes $name, and nothing behind a link", async ({ remove }) => {
  const { top, kept } = makeTree();
  await remove(top);
  await remove(top);

  expect(existsSync(top)).toBe(false);
  expect(existsSync(join(kept, "file"))).toBe(true);
});

test("a link in the place of a tree goes alone", async () => {
  const { top, kept } = makeTree();
  symlinkSync(kept, `${top}-link`);
  await removeTree(`${top}-link`);

  expect(existsSync(`${top}-link`)).toBe(false);
  expect(existsSync(join(kept, "file"))).toBe(true);
});
