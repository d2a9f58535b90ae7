import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { expect, test } from "vitest";
import { listDrafts, openDraft, removeDraft } from "./drafts.ts";
import { idAt, makeScratchFolder, makeScratchRepo } from "./scratch-repo.suite.ts";

test("lists what was opened until it is removed", () => {
  using box = makeScratchRepo();
  const path = openDraft(box.repo, { id: idAt(1), worktree: "a.b" });
  writeFileSync(`${path}/file`, "x");
  writeFileSync(`${box.repo.layout.drafts}/stray`, "");

  expect(listDrafts(box.repo)).toEqual([{ id: idAt(1), worktree: "a.b", path }]);

  removeDraft(path);
  removeDraft(path);
  expect(listDrafts(box.repo)).toEqual([]);
});

test("refuses a second draft of the same id", () => {
  using box = makeScratchRepo();
  openDraft(box.repo, { id: idAt(1), worktree: "main" });

  expect(() => openDraft(box.repo, { id: idAt(1), worktree: "main" })).toThrow(
    expect.objectContaining({ code: "EEXIST" }),
  );
});

test.each(["..", "../..", "a/b"])("makes nothing for the worktree %j", (worktree) => {
  using box = makeScratchRepo();

  expect(() => openDraft(box.repo, { id: idAt(1), worktree })).toThrow(
    expect.objectContaining({ code: "E_NAME_INVALID" }),
  );
  expect(readdirSync(box.repo.layout.drafts)).toEqual([]);
});

test("removes read-only folders, and never what a link points to", () => {
  using box = makeScratchRepo();
  using outside = makeScratchFolder();
  writeFileSync(`${outside.path}/precious`, "");
  const path = openDraft(box.repo, { id: idAt(1), worktree: "main" });
  mkdirSync(`${path}/a/b`, { recursive: true });
  writeFileSync(`${path}/a/b/file`, "");
  symlinkSync(outside.path, `${path}/a/link`);
  chmodSync(`${path}/a/b`, 0o555);
  chmodSync(`${path}/a`, 0o500);

  removeDraft(path);

  expect(existsSync(path)).toBe(false);
  expect(readdirSync(outside.path)).toEqual(["precious"]);
});

test("does without its folder until it needs it", () => {
  using box = makeScratchRepo();
  rmSync(box.repo.layout.drafts, { recursive: true });

  expect(listDrafts(box.repo)).toEqual([]);
  expect(existsSync(openDraft(box.repo, { id: idAt(1), worktree: "main" }))).toBe(true);
});
