import { chmodSync, chownSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { IS_ROOT, makeSandbox, type Ran, removeTree, type Sandbox } from "../sandbox.ts";

/** A workspace of "nobody", with a first snapshot, and a way to run jvs as that user. */
async function start(): Promise<{ box: Sandbox; jvs(...argv: string[]): Promise<Ran> }> {
  const box = makeSandbox({ "w/a.txt": "a", "w/sub/b.txt": "b", "w/sub/c.txt": "c" });
  if (IS_ROOT) box.giveAway("w");
  const jvs = (...argv: string[]): Promise<Ran> => box.run("w", argv, { asNobody: true });
  expect(await jvs("init")).toMatchObject({ exit: 0, err: "" });
  expect(await jvs("snapshot", "one")).toMatchObject({ exit: 0, err: "" });
  return { box, jvs };
}

test("TR-03 what may not be read is named, the rest is saved, and the status is 3", async () => {
  const { box, jvs } = await start();
  await using _ = box;
  chmodSync(box.path("w/a.txt"), 0);
  chmodSync(box.path("w/sub"), 0);
  box.write({ "w/new.txt": "new" });

  const { exit, out, err } = await jvs("snapshot", "two");
  expect({ exit, out }).toEqual({ exit: 3, out: expect.stringContaining("Created snapshot") });
  expect(err).toContain("does not hold 2 paths faithfully:\n");
  expect(err).toContain("  a.txt: permission denied\n");
  expect(err).toContain("  sub: permission denied\n");
  const list = await jvs("ls", "HEAD");
  expect(list.out).toContain("new.txt");
  const status = await jvs("status");
  expect(status.out).toContain("a.txt: permission denied");

  // Going back must not take away what that snapshot could not hold.
  await jvs("restore", "HEAD");
  chmodSync(box.path("w/a.txt"), 0o644);
  chmodSync(box.path("w/sub"), 0o755);
  expect(readFileSync(box.path("w/a.txt"), "utf8")).toBe("a");
  expect(readFileSync(box.path("w/sub/b.txt"), "utf8")).toBe("b");
});

test("read-only folders are restored into, and stay read-only", async () => {
  const { box, jvs } = await start();
  await using _ = box;
  chmodSync(box.path("w/sub"), 0o555);
  chmodSync(box.path("w/sub/b.txt"), 0o444);
  const before = box.fingerprint("w");
  expect(await jvs("snapshot", "two")).toMatchObject({ exit: 0 });
  chmodSync(box.path("w/sub"), 0o755);
  rmSync(box.path("w/sub/b.txt"));
  writeFileSync(box.path("w/sub/d.txt"), "d");
  chmodSync(box.path("w/sub"), 0o555);
  if (IS_ROOT) box.giveAway("w");

  expect(await jvs("restore", "HEAD")).toMatchObject({ exit: 0, err: "" });
  expect(box.fingerprint("w")).toEqual(before);
  expect(await jvs("export", "HEAD", "copy")).toMatchObject({ exit: 0, err: "" });
  removeTree(box.path("w/copy"));
  chmodSync(box.path("w"), 0o555);
  const refused = await jvs("restore", "one");
  expect([0, 1, 3]).toContain(refused.exit);
  chmodSync(box.path("w"), 0o755);
});

test("a repository of somebody else is looked at, not changed", async ({ skip }) => {
  if (!IS_ROOT) skip("only root can be somebody else");
  await using box = makeSandbox({ "w/a.txt": "a" });
  await box.ok("w", "init");
  await box.ok("w", "snapshot", "one");
  const jvs = (...argv: string[]): Promise<Ran> => box.run("w", argv, { asNobody: true });
  const before = box.fingerprint("w");

  for (const argv of [["status"], ["snapshot"], ["restore", "HEAD"], ["info"]]) {
    const { exit, err } = await jvs(...argv);
    expect({ exit, err }, argv[0]).toEqual({
      exit: 1,
      err: expect.stringMatching(/permission denied\n {2}\S/),
    });
  }
  expect(box.fingerprint("w")).toEqual(before);
});

test("a folder that may not be written to cannot become a workspace", async ({ skip }) => {
  if (!IS_ROOT) skip("only root can take the rights away");
  await using box = makeSandbox({ "w/a.txt": "a" });
  for (const argv of [["init"], ["init", "novel"]]) {
    const { exit, err } = await box.run("w", argv, { asNobody: true });
    expect({ exit, err }).toEqual({ exit: 1, err: expect.stringContaining("permission denied") });
  }
});

test("PA-12 what the repository keeps is for its owner alone", async () => {
  const { box } = await start();
  await using _ = box;
  const mode = Bun.spawnSync(["stat", "-c", "%a", box.path("w/.jvs")]);
  expect(mode.stdout.toString()).toBe("700\n");
});

test("a group's folder: owners and groups come back as they were", async ({ skip }) => {
  if (!IS_ROOT) skip("only root can give files to groups");
  await using box = makeSandbox({ "w/shared.txt": "s", "w/own.txt": "o" });
  box.giveAway("w");
  chownSync(box.path("w"), 65534, 1234);
  chmodSync(box.path("w"), 0o2775);
  chownSync(box.path("w/own.txt"), 65534, 65534);
  const jvs = (...argv: string[]): Promise<Ran> => box.run("w", argv, { asNobody: true });
  await jvs("init");
  const before = box.fingerprint("w");
  await jvs("snapshot", "one");
  writeFileSync(box.path("w/own.txt"), "edited");
  writeFileSync(box.path("w/shared.txt"), "edited");

  expect(await jvs("restore", "HEAD")).toMatchObject({ exit: 0, err: "" });
  expect(box.fingerprint("w")).toEqual(before);
  expect((await jvs("status")).out).toContain("as in");
});

test("a default ACL of the workspace does not reach into what is restored", async ({ skip }) => {
  await using box = makeSandbox({ "w/a.txt": "a", "w/sub/b.txt": "b" });
  const { setXattr } = await import("../system-calls.ts");
  const acl = Buffer.from(
    "0200000001000700ffffffff02000700e803000004000500ffffffff10000700ffffffff20000000ffffffff",
    "hex",
  );
  try {
    setXattr(box.path("w"), "system.posix_acl_default", acl);
  } catch {
    skip("this file system has no ACLs");
  }
  await box.ok("w", "init");
  const before = box.fingerprint("w");
  await box.ok("w", "snapshot", "one");
  box.write({ "w/a.txt": "edited" });
  rmSync(box.path("w/sub"), { recursive: true });

  await box.ok("w", "restore", "HEAD");
  expect(box.fingerprint("w")).toEqual(before);
  await box.ok("w", "export", "HEAD", "../copy");
});
