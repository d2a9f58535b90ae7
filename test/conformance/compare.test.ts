import { rmSync } from "node:fs";
import { expect, test } from "vitest";
import { makeProject, type Project } from "../worktree-project.ts";

/** Two forks that went their ways. */
async function makeForks(): Promise<Project> {
  const box = await makeProject({ a: "1\n", b: "1\n", "d/x": "1\n", "d/y": "1\n", same: "1\n" });
  await box.jvs("p/main", "fork", "--name", "f");
  await box.jvs("p/main", "fork", "--name", "g");
  box.write({
    "p/worktrees/f/a": "only f\n",
    "p/worktrees/f/b": "f\n",
    "p/worktrees/g/b": "g\n",
    "p/worktrees/f/same": "2\n",
    "p/worktrees/g/same": "2\n",
    "p/worktrees/f/d/new": "in a folder that g removes\n",
    "p/worktrees/g/n/new": "only g\n",
  });
  rmSync(box.path("p/worktrees/g/d"), { recursive: true });
  return box;
}

test("a column a worktree, a line a path, and where they overlap", async () => {
  await using box = await makeForks();
  await box.jvs("p/worktrees/g", "snapshot", "in g");
  const { exit, out, err } = await box.jvs("p", "compare", "f", "g");
  expect({ exit, err }).toEqual({ exit: 0, err: "" });
  const lines = out.trimEnd().split("\n");
  expect(lines[0]).toMatch(new RegExp(`^Since ${box.id.slice(14)} "first" of `));
  expect(lines[1]).toMatch(/^ {2}A {2}f {2}.{8} {2}1 added, 3 modified {2}\(unsaved work\)$/);
  expect(lines[2]).toMatch(/^ {2}B {2}g {2}.{8} {2}1 added, 3 removed, 2 modified$/);
  expect(lines.slice(3)).toEqual([
    "",
    "  A B",
    "  ~ .  a",
    "  ~ ~  b  <- they differ",
    "  . -  d/  <- they differ",
    "  + .  d/new  <- they differ",
    "  . -  d/x",
    "  . -  d/y",
    "  . +  n/new",
    "  ~ ~  same  (the same)",
    "",
    "8 paths touched; 4 overlaps: 3 differ, 1 the same.",
  ]);
});

test("--json, --overlaps, --base", async () => {
  await using box = await makeForks();
  const report = await box.json<{ paths: { path: string; overlap: string; changes: object }[] }>(
    ...(["p/main", "compare", "g", "f"] as const),
  );
  expect(report).toMatchObject({ base_snapshot_id: box.id, overlaps: { same: 1, differ: 3 } });
  expect(report.paths.find(({ path }) => path === "b")).toEqual({
    path: "b",
    kind: "file",
    changes: { g: "modified", f: "modified" },
    overlap: "differ",
  });
  const { out } = await box.jvs("p/main", "compare", "f", "g", "--overlaps");
  expect(out).not.toContain("d/x");
  expect(out).toContain("d/new");
  box.write({ "p/main/later": "1" });
  await box.jvs("p/main", "snapshot", "later");
  expect(await box.json("p/main", "compare", "f", "g", "--base", "later")).not.toMatchObject({
    base_snapshot_id: box.id,
  });
});

test("one worktree beside the one you are in; all of them; names are checked", async () => {
  await using box = await makeForks();
  const names = async (folder: string, ...argv: string[]): Promise<string[]> =>
    (await box.json<{ worktrees: { name: string }[] }>(folder, "compare", ...argv)).worktrees.map(
      ({ name }) => name,
    );
  expect(await names("p/main", "f")).toEqual(["main", "f"]);
  expect(await names("p")).toEqual(["f", "g", "main"]);
  expect((await box.jvs("p", "compare", "f")).exit).toBe(2);
  expect((await box.jvs("p", "compare", "f", "nope")).exit).toBe(1);
  expect((await box.jvs("p", "compare", "f", "../main")).exit).toBe(2);
  expect((await box.jvs(".", "compare")).exit).toBe(10);
});

test("nothing touched, nothing in common, one alone", async () => {
  await using box = await makeProject();
  expect((await box.jvs("p/main", "compare")).exit).toBe(2);
  await box.jvs("p/main", "fork", "--name", "f");
  expect((await box.jvs("p/main", "compare")).out).toContain("\nNothing was touched.\n");
  await box.jvs("p/main", "wt", "create", "empty");
  const { out } = await box.jvs("p/main", "compare", "empty", "f");
  expect(out).toContain("They have no snapshot in common");
  expect(await box.json("p/main", "compare", "empty", "f")).toMatchObject({
    base_snapshot_id: null,
  });
});
