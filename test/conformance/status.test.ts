import { chmodSync, mkdirSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { expect, test } from "vitest";
import { setMtime } from "../system-calls.ts";
import { done, keysOf, MAIN, openDesk } from "./open-desk.ts";

test("an empty workspace", async () => {
  await using desk = await openDesk();
  expect(await desk.jvs("status")).toEqual(
    done(
      "Workspace $BOX/novel/main: no snapshot yet",
      "It is empty.",
      "Next: add files, then jvs snapshot",
    ),
  );
});

test("UX-06 before the first snapshot: every file is new", async () => {
  await using desk = await openDesk();
  desk.write({ "a.txt": "a", "sub/b.txt": "bb" });
  expect(await desk.jvs("status")).toEqual(
    done(
      "Workspace $BOX/novel/main: no snapshot yet",
      "",
      "+ a.txt",
      "+ sub/b.txt",
      "",
      "2 added; 3 B of new content",
      'Next: jvs snapshot "first"',
    ),
  );
});

test("nothing unsaved", async () => {
  await using desk = await openDesk();
  desk.write({ "a.txt": "a" });
  await desk.save("first draft");
  expect(await desk.jvs("status")).toEqual(
    done(
      'Nothing to snapshot: the workspace is as in <short1> "first draft"',
      "Next: jvs history lists what there is to go back to",
    ),
  );
});

test("UX-08 every kind of change, with a sign for each", async () => {
  await using desk = await openDesk();
  const at = (name: string): string => desk.box.path(`${MAIN}/${name}`);
  desk.write({
    "edit.txt": "1",
    "gone.txt": "g",
    "mode.sh": "m",
    "old.txt": "r",
    "time.txt": "t",
    kind: "k",
  });
  await desk.save("one");
  desk.write({ "edit.txt": "1234", "new.txt": "n" });
  rmSync(at("gone.txt"));
  chmodSync(at("mode.sh"), 0o755);
  renameSync(at("old.txt"), at("renamed.txt"));
  setMtime(at("time.txt"), 5n);
  rmSync(at("kind"));
  mkdirSync(at("kind"));
  mkdirSync(at("empty"));
  symlinkSync("a", at("link"));

  expect(await desk.jvs("status")).toEqual(
    done(
      'Workspace $BOX/novel/main against <short1> "one"',
      "",
      "+ empty/",
      "+ link",
      "+ new.txt",
      "- gone.txt",
      "~ edit.txt (1 B -> 4 B)",
      "~ kind/ (file -> directory)",
      "> old.txt -> renamed.txt",
      "= mode.sh (mode 0644 -> 0755)",
      "= time.txt (time only)",
      "",
      "3 added, 1 removed, 2 modified, 1 renamed, 2 with other metadata only; 5 B of new content",
      'Next: jvs snapshot "what changed" saves this, jvs diff --patch shows it, jvs restore HEAD drops it',
    ),
  );
  const { counts } = JSON.parse((await desk.jvs("status", "--json")).out);
  expect(counts).toEqual({ added: 3, removed: 1, modified: 2, renamed: 1, metadata: 2 });
});

test("on an older snapshot", async () => {
  await using desk = await openDesk();
  await desk.save("one");
  desk.write({ "a.txt": "a" });
  await desk.save("two");
  await desk.jvs("restore", "one");
  expect(await desk.jvs("status")).toEqual(
    done(
      'Nothing to snapshot: the workspace is as in <short1> "one"',
      "Detached: there is a newer snapshot, <short2>",
      "Next: jvs restore HEAD goes back to the newest snapshot",
    ),
  );
});

test("its JSON", async () => {
  await using desk = await openDesk();
  desk.write({ "a.txt": "a" });
  await desk.save("one", "--tag", "t");
  desk.write({ "a.txt": "ab" });
  const { exit, out, err } = await desk.jvs("status", "--json");

  expect({ exit, err }).toEqual({ exit: 0, err: "" });
  expect(keysOf(out)).toEqual([
    ...["repo_root", "worktree", "workspace", "head", "latest_snapshot_id", "detached", "clean"],
    ...["changes", "counts", "ignored", "losses"],
  ]);
  expect(JSON.parse(out)).toMatchObject({
    repo_root: "$BOX/novel",
    worktree: "main",
    workspace: "$BOX/novel/main",
    head: { snapshot_id: "<id1>", note: "one", tags: ["t"] },
    latest_snapshot_id: "<id1>",
    detached: false,
    clean: false,
    changes: [{ path: "a.txt", type: "modified", kind: "file", size: 2, old_size: 1 }],
    losses: [],
  });
});

test("--quiet leaves the hint out", async () => {
  await using desk = await openDesk();
  await desk.save("one");
  expect(await desk.jvs("status", "-q")).toEqual(
    done('Nothing to snapshot: the workspace is as in <short1> "one"'),
  );
});
