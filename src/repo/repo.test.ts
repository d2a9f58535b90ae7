import { chmodSync, mkdirSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { findRepo } from "./repo.ts";
import { makeScratchFolder, makeScratchRepo } from "./scratch-repo.suite.ts";

test("finds the repository from its root and from far below", () => {
  using box = makeScratchRepo();
  mkdirSync(`${box.root}/a/b/c`, { recursive: true });

  expect(findRepo(box.root)).toEqual(box.repo);
  expect(findRepo(`${box.root}/a/b/c/`)?.layout.root).toBe(box.root);
  expect(findRepo(`${box.root}/.jvs/objects`)?.layout.root).toBe(box.root);
});

test("finds the nearest of two", () => {
  using box = makeScratchRepo();
  using inner = makeScratchRepo();
  mkdirSync(`${box.root}/inner`);
  rmSync(`${box.root}/inner`, { recursive: true });
  symlinkSync(inner.root, `${box.root}/inner`);

  expect(findRepo(`${box.root}/inner`)?.layout.root).toBe(`${box.root}/inner`);
  expect(findRepo(`${box.root}/inner`)?.record.repo_id).toBe(inner.repo.record.repo_id);
});

test("looks at the real path when the one that was given leads nowhere", () => {
  using box = makeScratchRepo();
  using outside = makeScratchFolder();
  mkdirSync(`${box.root}/deep`);
  symlinkSync(`${box.root}/deep`, `${outside.path}/link`);

  expect(findRepo(`${outside.path}/link`)?.layout.root).toBe(box.root);
});

test("passes over files and folders called .jvs that are none of ours", () => {
  using box = makeScratchRepo();
  mkdirSync(`${box.root}/folder/.jvs`, { recursive: true });
  mkdirSync(`${box.root}/folder/file`);
  writeFileSync(`${box.root}/folder/file/.jvs`, "");

  expect(findRepo(`${box.root}/folder/file`)?.layout.root).toBe(box.root);
});

test("finds nothing outside of any, or in a folder that is gone", () => {
  using outside = makeScratchFolder();

  expect(findRepo(outside.path)).toBeUndefined();
  expect(findRepo(`${outside.path}/gone`)).toBeUndefined();
});

test.each([
  ["3\n", /version 3 is too new.*version 2/, /newer jvs/],
  ["2147483648", /version 2147483648 is too new/, /newer jvs/],
  ["1\n", /has format version 1/, /jvs upgrade/],
  ["0", /has format version 0/, /jvs upgrade/],
  ["", /format_version" holds no version/, /put it back/],
  ["two\n", /format_version" holds no version/, /put it back/],
])("refuses the format %j", (text, message, hint) => {
  using box = makeScratchRepo();
  writeFileSync(box.repo.layout.formatVersion, text);

  expect(() => findRepo(box.root)).toThrow(
    expect.objectContaining({
      code: "E_FORMAT_UNSUPPORTED",
      message: expect.stringMatching(message),
      hint: expect.stringMatching(hint),
    }),
  );
});

test("refuses a repository without a format, and does not look for another above it", () => {
  using box = makeScratchRepo();
  rmSync(box.repo.layout.formatVersion);

  expect(() => findRepo(box.root)).toThrow(
    expect.objectContaining({ code: "E_FORMAT_UNSUPPORTED" }),
  );
});

test.each([
  ["", /no JSON object/],
  ["[]", /no JSON object/],
  ['{"repo_id": 7}', /"repo_id" is no text/],
  ['{"repo_id":"a","created_at":"b","engine":"auto","layout":"x"}', /"layout" is neither/],
])("names what is wrong with repo.json: %j", (text, message) => {
  using box = makeScratchRepo();
  writeFileSync(box.repo.layout.repoJson, text);

  expect(() => findRepo(box.root)).toThrow(
    expect.objectContaining({ code: "E_CONFIG", message: expect.stringMatching(message) }),
  );
});

test("keeps fields of repo.json that it does not know", () => {
  using box = makeScratchRepo();
  writeFileSync(
    box.repo.layout.repoJson,
    JSON.stringify({ ...box.repo.record, limits: { files: 3 } }),
  );

  expect(findRepo(box.root)?.record).toMatchObject({ limits: { files: 3 } });
});

test.skipIf(process.getuid?.() === 0)("says so when .jvs is closed to us", () => {
  using box = makeScratchRepo();
  chmodSync(box.repo.layout.jvs, 0);
  try {
    expect(() => findRepo(box.root)).toThrow(/EACCES/);
  } finally {
    chmodSync(box.repo.layout.jvs, 0o700);
  }
  expect(statSync(box.repo.layout.jvs).mode & 0o777).toBe(0o700);
});
