import { readFileSync, rmSync } from "node:fs";
import { expect, test } from "vitest";
import { type Desk, done, keysOf, MAIN, openDesk } from "./open-desk.ts";

async function openStory(): Promise<Desk> {
  const desk = await openDesk();
  desk.write({ "a.txt": "1", "sub/b.txt": "1" });
  await desk.save("one", "--tag", "v1");
  desk.write({ "a.txt": "2", "new.txt": "2" });
  await desk.save("two");
  return desk;
}

test("an older snapshot: detached", async () => {
  await using desk = await openStory();
  expect(await desk.jvs("restore", "v1")).toEqual(
    done(
      "",
      "Restored to snapshot <id1>",
      "Worktree is now in DETACHED state.",
      "To continue working from here: jvs worktree fork <name>",
      "To return to latest: jvs restore HEAD",
    ),
  );
});

test("the newest by its name, and by HEAD", async () => {
  await using desk = await openStory();
  await desk.jvs("restore", "v1");
  expect(await desk.jvs("restore", "two")).toEqual(
    done("", "Restored to snapshot <id2>", "Worktree is now at HEAD state."),
  );
  await desk.jvs("restore", "v1");
  expect(await desk.jvs("restore", "HEAD")).toEqual(
    done("Restored to latest snapshot <id2>", "Worktree is now at HEAD state."),
  );
});

test("DL-01 unsaved work: never refused, one more line", async () => {
  await using desk = await openStory();
  desk.write({ "a.txt": "unsaved" });
  const { exit, out, err } = await desk.jvs("restore", "HEAD");
  expect({ exit, err }).toEqual({ exit: 0, err: "" });
  expect(out).toMatch(
    /^Restored to latest snapshot <id2>\nWorktree is now at HEAD state\.\nUnsaved work is kept in safety snapshot [0-9a-f]{8}; jvs undo brings it back\.\n$/,
  );
});

test("its JSON: detached is a boolean", async () => {
  await using desk = await openStory();
  desk.write({ "a.txt": "unsaved" });
  const older = await desk.jvs("restore", "v1", "--json");
  const newest = await desk.jvs("restore", "HEAD", "--json");

  expect(keysOf(older.out)).toEqual([
    ...["detached", "snapshot_id", "status"],
    ...["at_latest", "safety_snapshot", "counts", "changes", "issues"],
  ]);
  expect(JSON.parse(older.out)).toMatchObject({
    detached: true,
    snapshot_id: "<id1>",
    status: "restored",
    safety_snapshot: expect.stringMatching(/^<id\d>$/),
    counts: { added: 0, removed: 1, modified: 1, renamed: 0, metadata: 0 },
    issues: [],
  });
  expect(JSON.parse(newest.out)).toMatchObject({ detached: false, safety_snapshot: null });
});

test("DL-07 single paths: those alone, and the head stays", async () => {
  await using desk = await openStory();
  rmSync(desk.box.path(`${MAIN}/sub`), { recursive: true });
  expect(await desk.jvs("restore", "v1", "--", "a.txt")).toMatchObject({
    exit: 0,
    out: expect.stringMatching(/^Restored 1 path from snapshot <id1>: 1 modified\n/),
  });
  expect(readFileSync(desk.box.path(`${MAIN}/new.txt`), "utf8")).toBe("2");
  expect(await desk.jvs("restore", "HEAD", "--", "new.txt")).toMatchObject({
    exit: 0,
    out: expect.stringMatching(/^Nothing to restore: these paths are as in snapshot <id2>\n/),
  });
  expect(
    await desk.jvs("restore", "HEAD", "--", "sub/b.txt"),
    "its folder comes with it",
  ).toMatchObject({
    exit: 0,
    err: "",
  });
  expect(readFileSync(desk.box.path(`${MAIN}/sub/b.txt`), "utf8")).toBe("1");
  expect((await desk.jvs("history")).out).toContain("you are here (HEAD)");
});

test("--dry-run says what would be done", async () => {
  await using desk = await openStory();
  desk.write({ "a.txt": "unsaved" });
  expect(await desk.jvs("restore", "v1", "--dry-run")).toEqual(
    done(
      "Restoring <short1> would change in the workspace: 1 removed, 1 modified",
      "",
      "- new.txt",
      "~ a.txt (7 B -> 1 B)",
      "",
      "Nothing was changed",
    ),
  );
  const { out } = await desk.jvs("restore", "v1", "--dry-run", "--json");
  expect(JSON.parse(out)).toMatchObject({ status: "planned", safety_snapshot: null });
});

test("a snapshot that is not there", async () => {
  await using desk = await openStory();
  expect(await desk.jvs("restore", "nope")).toEqual({
    exit: 1,
    out: "",
    err: "snapshot 'nope' not found\n  Run jvs history to see available snapshots.\n",
  });
  expect(await desk.jvs("restore", "wo")).toEqual({
    exit: 1,
    out: "",
    err: "snapshot 'wo' not found\n  Did you mean: <short2> (two)?\n  Run jvs history to see available snapshots.\n",
  });
  await desk.save("other tower");
  expect((await desk.jvs("restore", "o")).err).toContain("<short1>");
  expect(await desk.jvs("restore", "")).toMatchObject({ exit: 2, out: "" });
  expect(await desk.jvs("restore")).toMatchObject({
    exit: 2,
    err: "accepts 1 arg(s), received 0\n",
  });
  expect(await desk.jvs("restore", "one", "two")).toMatchObject({
    exit: 2,
    err: "accepts 1 arg(s), received 2\n",
  });
});

test("before the first snapshot", async () => {
  await using desk = await openDesk();
  const { exit, out, err } = await desk.jvs("restore", "HEAD");
  expect({ exit, out }).toEqual({ exit: 1, out: "" });
  expect(err).toMatch(/^snapshot 'HEAD' not found/);
});

test("what needs no restore leaves no trace: no safety snapshot, nothing for undo", async () => {
  await using desk = await openStory();
  desk.write({ "other.txt": "unsaved" });
  const before = (await desk.jvs("operations")).out;
  const { out } = await desk.jvs("restore", "HEAD", "--json", "--", "new.txt");
  expect(JSON.parse(out)).toMatchObject({ status: "restored", safety_snapshot: null, changes: [] });
  expect((await desk.jvs("operations")).out).toBe(before);
  expect((await desk.jvs("history", "--kind", "safety")).out).toBe("No snapshots found.\n");
});

test("an empty argument never means everything", async () => {
  await using desk = await openStory();
  desk.write({ "a.txt": "unsaved" });
  for (const words of [
    ["restore", "v1", "--", ""],
    ["restore", "v1", "--", "a.txt", ""],
    ["diff", "v1", "--", ""],
    ["snapshot", "--", ""],
    ["snapshot", "--paths", ""],
    ["snapshot", "--paths", "a.txt,"],
    ["fork", "--name", "f", "--path", ""],
    ["worktree", "create", "f", "--path", ""],
  ])
    expect(await desk.jvs(...words), words.join(" ")).toMatchObject({
      exit: 2,
      out: "",
      err: expect.stringContaining("is empty"),
    });
  expect((await desk.jvs("cat", "HEAD", "a.txt")).out).not.toBe("unsaved");
  expect(readFileSync(desk.box.path(`${MAIN}/a.txt`), "utf8")).toBe("unsaved");
});

test("paths that lead out", async () => {
  await using desk = await openStory();
  for (const path of ["../x", "/etc/passwd", "sub/../../x"]) {
    const { exit, err } = await desk.jvs("restore", "HEAD", "--", path);
    expect({ exit, err }, path).toEqual({
      exit: 2,
      err: expect.stringMatching(/^jvs: .*leads out of the workspace\n/),
    });
  }
  expect(await desk.jvs("restore", "v1", "--", "sub/../a.txt")).toMatchObject({ exit: 0 });
});
