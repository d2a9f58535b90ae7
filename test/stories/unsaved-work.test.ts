import { linkSync, renameSync, rmSync, statSync, symlinkSync } from "node:fs";
import { expect, test } from "vitest";
import { makeSandbox, type Sandbox } from "../sandbox.ts";
import { setMtime } from "../system-calls.ts";

/** A workspace with the snapshots "one" and "two". */
async function start(): Promise<Sandbox> {
  const box = makeSandbox({ "w/a.txt": "one", "w/sub/b.txt": "one", "outside/mine.txt": "mine" });
  await box.ok("w", "init");
  await box.ok("w", "snapshot", "one");
  box.write({ "w/a.txt": "two", "w/new/c.txt": "two" });
  await box.ok("w", "snapshot", "two");
  return box;
}

test("DL-01 restore keeps unsaved work, says where, and undo brings it back", async () => {
  await using box = await start();
  box.write({ "w/a.txt": "unsaved", "w/draft.txt": "unsaved, too" });
  setMtime(box.path("w/draft.txt"), 1_234_567_890_123_456_789n);
  const unsaved = box.fingerprint("w");

  for (const ref of ["one", "HEAD", "two"]) {
    const out = await box.ok("w", "restore", ref);
    expect(out).toMatch(
      /Unsaved work is kept in safety snapshot [0-9a-f]{8}; jvs undo brings it back/,
    );
    expect(box.fingerprint("w")).not.toEqual(unsaved);
    await box.ok("w", "undo");
    expect(box.fingerprint("w"), ref).toEqual(unsaved);
  }
});

test("a safety snapshot is hidden, and can be asked for and used like any other", async () => {
  await using box = await start();
  box.write({ "w/a.txt": "unsaved" });
  const unsaved = box.fingerprint("w");
  const { safety_snapshot: id } = await box.json<{ safety_snapshot: string }>(
    "w",
    "restore",
    "one",
  );

  const list = async (...argv: string[]): Promise<string[]> => {
    const history = await box.json<{ snapshot_id: string }[]>("w", "history", ...argv);
    return history.map(({ snapshot_id }) => snapshot_id);
  };
  expect(await list()).not.toContain(id);
  expect(await list("--all")).not.toContain(id);
  expect(await list("--kind", "safety")).toEqual([id]);
  expect(await list("--kind", "all")).toContain(id);
  await box.ok("w", "restore", id.slice(14));
  expect(box.fingerprint("w")).toEqual(unsaved);
});

test("nothing unsaved, no safety snapshot", async () => {
  await using box = await start();
  await box.ok("w", "restore", "one");
  await box.ok("w", "undo");
  await box.ok("w", "restore", "one");
  await box.ok("w", "restore", "HEAD");

  expect(await box.json("w", "history", "--kind", "safety")).toEqual([]);
});

test("UX-01 DL-17 the workspace stays the same folder, and shells in it stay valid", async () => {
  await using box = await start();
  const inode = (name: string): bigint => statSync(box.path(name), { bigint: true }).ino;
  const before = [inode("w"), inode("w/sub"), inode("w/new")];
  const shell = Bun.spawn(["sh", "-c", "read line; ls; cd sub && ls"], {
    cwd: box.path("w"),
    stdio: ["pipe", "pipe", "pipe"],
  });

  await box.ok("w", "restore", "one");
  await box.ok("w", "restore", "HEAD");
  shell.stdin.write("go\n");
  await shell.stdin.end();
  expect(await new Response(shell.stdout).text()).toBe("a.txt\nnew\nsub\nb.txt\n");
  expect([inode("w"), inode("w/sub")]).toEqual(before.slice(0, 2));
});

test("PA-06 a folder that became a link leads nothing outside", async () => {
  await using box = await start();
  box.write({ "outside/b.txt": "mine", "outside/c.txt": "mine" });
  const outside = box.fingerprint("outside");
  rmSync(box.path("w/sub"), { recursive: true });
  symlinkSync(box.path("outside"), box.path("w/sub"));
  rmSync(box.path("w/new"), { recursive: true });
  symlinkSync("../outside", box.path("w/new"));
  const unsaved = box.fingerprint("w");

  await box.ok("w", "restore", "one");
  expect(box.fingerprint("outside")).toEqual(outside);
  await box.ok("w", "undo");
  expect(box.fingerprint("w")).toEqual(unsaved);
  const { exit, out, err } = await box.jvs("w", "restore", "HEAD", "--", "sub/b.txt");
  expect({ exit, err }).toEqual({ exit: 3, err: expect.stringContaining("sub/b.txt") });
  expect(out, "it does not say that it did").not.toContain("1 added");
  expect(box.fingerprint("outside")).toEqual(outside);
  await box.ok("w", "status");
  await box.ok("w", "restore", "two");
  expect(box.fingerprint("outside")).toEqual(outside);
});

test("PA-06 PA-08 a folder that becomes a link while a restore runs leads nothing outside", async () => {
  const many = (text: string): Record<string, string> =>
    Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`w/sub/${index}.txt`, text]));
  await using box = makeSandbox({ ...many("one"), "outside/7.txt": "mine", "outside/x": "mine" });
  await box.ok("w", "init");
  await box.ok("w", "snapshot", "one");
  box.write(many("two, longer"));
  await box.ok("w", "snapshot", "two");
  const outside = box.fingerprint("outside");

  for (let round = 0; round < 12; round++) {
    const running = box.start("w", ["restore", round % 2 === 0 ? "one" : "two"]);
    await Bun.sleep(round * 4);
    try {
      renameSync(box.path("w/sub"), box.path("w/moved"));
      symlinkSync("../outside", box.path("w/sub"));
    } catch {
      // The restore has just made or removed it.
    }
    const { exit, err } = await running.ended;
    expect([0, 3], err).toContain(exit);
    expect(box.fingerprint("outside"), `round ${round}`).toEqual(outside);
    await box.jvs("w", "restore", "HEAD");
    expect(box.fingerprint("outside"), `round ${round}`).toEqual(outside);
  }
  await box.ok("w", "restore", "two");
});

test("a file with another name outside is never changed through it", async () => {
  await using box = await start();
  rmSync(box.path("w/a.txt"));
  linkSync(box.path("outside/mine.txt"), box.path("w/a.txt"));
  linkSync(box.path("outside/mine.txt"), box.path("w/draft.txt"));
  const outside = box.fingerprint("outside");
  const unsaved = box.fingerprint("w");

  await box.ok("w", "restore", "two");
  expect(box.fingerprint("outside")).toEqual(outside);
  await box.ok("w", "undo");
  expect(box.fingerprint("w")).toEqual(unsaved);
  expect(box.fingerprint("outside")).toEqual(outside);
  await box.ok("w", "snapshot", "three");
  setMtime(box.path("outside/mine.txt"), 1n);
  const touched = box.fingerprint("outside");
  await box.ok("w", "restore", "HEAD");
  expect(box.fingerprint("outside"), "neither its time").toEqual(touched);
});

test("DL-28 DL-36 DL-37 kinds and names change places", async () => {
  await using box = makeSandbox({
    "w/file-or-folder": "file",
    "w/folder-or-file/deep/er/a.txt": "a",
    "w/folder-or-link/b.txt": "b",
    "w/old-name/c.txt": "c",
  });
  symlinkSync("file-or-folder", box.path("w/link-or-file"));
  await box.ok("w", "init");
  await box.ok("w", "snapshot", "one");
  const one = box.fingerprint("w");
  for (const name of [
    "file-or-folder",
    "folder-or-file",
    "folder-or-link",
    "link-or-file",
    "old-name",
  ])
    rmSync(box.path(`w/${name}`), { recursive: true });
  box.write({
    "w/file-or-folder/deep/er/a.txt": "a",
    "w/folder-or-file": "file",
    "w/link-or-file": "file",
    "w/new-name/c.txt": "c",
  });
  symlinkSync("nowhere", box.path("w/folder-or-link"));
  const two = box.fingerprint("w");

  await box.ok("w", "restore", "one");
  expect(box.fingerprint("w")).toEqual(one);
  await box.ok("w", "undo");
  expect(box.fingerprint("w")).toEqual(two);
});

test("DL-39 ten thousand changes at once", async () => {
  await using box = await start();
  const many = (text: string): Record<string, string> =>
    Object.fromEntries(
      Array.from({ length: 10_000 }, (_, n) => [`w/many/${n % 50}/${n}.txt`, text]),
    );
  box.write(many("1"));
  await box.ok("w", "snapshot", "many");
  const before = box.fingerprint("w");
  box.write(many("22"));

  expect(await box.json("w", "status")).toMatchObject({ counts: { modified: 10_000 } });
  await box.ok("w", "restore", "HEAD");
  expect(box.fingerprint("w")).toEqual(before);
  await box.ok("w", "restore", "one");
  await box.ok("w", "undo");
  expect(box.fingerprint("w")).toEqual(before);
});
