import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { expect, test } from "vitest";
import { createRepo } from "./create-repo.ts";
import { findRepo } from "./repo.ts";
import { makeScratchFolder, NOW, startProcess } from "./scratch-repo.suite.ts";
import { readWorktree } from "./worktrees.ts";

test("makes a repository in place that can be found, and leaves nothing else", () => {
  using folder = makeScratchFolder();
  writeFileSync(`${folder.path}/mine.txt`, "mine");

  const repo = createRepo({ root: folder.path, layout: "in-place", now: NOW });

  expect(findRepo(folder.path)).toEqual(repo);
  expect(readdirSync(folder.path).sort()).toEqual([".jvs", "mine.txt"]);
  expect(readdirSync(repo.layout.jvs).sort()).toMatchInlineSnapshot(`
    [
      ".gitignore",
      "audit",
      "cache",
      "descriptors",
      "drafts",
      "format_version",
      "gc",
      "intents",
      "labels",
      "locks",
      "objects",
      "pins",
      "repo.json",
      "snapshots",
      "worktrees",
    ]
  `);
  expect(readFileSync(repo.layout.gitignore, "utf8")).toBe("*\n");
  expect(readFileSync(repo.layout.formatVersion, "utf8")).toBe("2\n");
  expect(readWorktree(repo, "main")).toEqual({
    name: "main",
    path: ".",
    created_at: NOW.toISOString(),
  });
  expect(repo.record).toEqual({
    repo_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    layout: "in-place",
    created_at: NOW.toISOString(),
    engine: "auto",
  });
});

test("makes a project with its main workspace, and the folders above it", () => {
  using folder = makeScratchFolder();

  const repo = createRepo({ root: `${folder.path}/new/project`, layout: "project", now: NOW });

  expect(readdirSync(`${folder.path}/new/project`).sort()).toEqual([".jvs", "main"]);
  expect(readWorktree(repo, "main").path).toBe("main");
});

test("lets only the owner look into .jvs", () => {
  using folder = makeScratchFolder();

  const repo = createRepo({ root: folder.path, layout: "in-place", now: NOW });

  expect(statSync(repo.layout.jvs).mode & 0o7777).toBe(0o700);
});

test.each(["folder", "empty folder", "file", "link"])(
  "refuses when .jvs is there as a %s",
  (kind) => {
    using folder = makeScratchFolder();
    const path = `${folder.path}/.jvs`;
    if (kind === "file") writeFileSync(path, "");
    else if (kind === "link") symlinkSync("nowhere", path);
    else mkdirSync(path);
    if (kind === "folder") writeFileSync(`${path}/mine.txt`, "mine");
    const before = lstatSync(path).ino;

    const create = (): unknown => createRepo({ root: folder.path, layout: "in-place", now: NOW });

    expect(create).toThrow(expect.objectContaining({ code: "E_EXISTS" }));
    expect(lstatSync(path).ino).toBe(before);
    expect(readdirSync(folder.path)).toEqual([".jvs"]);
  },
);

test("changes nothing in a repository that is there", () => {
  using folder = makeScratchFolder();
  const repo = createRepo({ root: folder.path, layout: "in-place", now: NOW });

  expect(() => createRepo({ root: folder.path, layout: "project", now: NOW })).toThrow(/already/);

  expect(findRepo(folder.path)).toEqual(repo);
  expect(readdirSync(folder.path)).toEqual([".jvs"]);
});

test("clears away what a killed attempt left", () => {
  using folder = makeScratchFolder();
  mkdirSync(`${folder.path}/.jvs.unfinished/objects`, { recursive: true });
  writeFileSync(`${folder.path}/.jvs.unfinished/format_version`, "");

  createRepo({ root: folder.path, layout: "in-place", now: NOW });

  expect(readdirSync(folder.path)).toEqual([".jvs"]);
});

test("of many processes that try at once one succeeds", async () => {
  using folder = makeScratchFolder();
  const attempt = `
    await Bun.stdin.text();
    const options = { root: ${JSON.stringify(folder.path)}, layout: "in-place", now: new Date() };
    try { console.log(room.createRepo(options).record.repo_id); }
    catch (error) { console.log(error.code); }`;
  const processes = Array.from({ length: 8 }, () => startProcess("./create-repo.ts", attempt));
  for (const { stdin } of processes) await stdin.end();

  const said = await Promise.all(processes.map(({ stdout }) => new Response(stdout).text()));

  const ids = said.map((line) => line.trim()).filter((line) => !/^E_(EXISTS|LOCKED)$/.test(line));
  expect(ids).toEqual([findRepo(folder.path)?.record.repo_id]);
  expect(readdirSync(folder.path)).toEqual([".jvs"]);
});
