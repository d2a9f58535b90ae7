import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { expect, test } from "vitest";
import {
  countSeals,
  expectTidy,
  newest,
  openPending,
  openWorkspace,
  states,
} from "../pending-stage.ts";

test("a pending snapshot, sealed, is what a snapshot taken at once is", async () => {
  await using box = await openPending();
  const { integrity_state, payload_root_hash: before, ...rest } = newest(box);
  expect(integrity_state).toBe("pending");
  expect((await box.jvs("w", "seal")).out).toBe(`Sealed snapshot ${rest.snapshot_id}\n`);
  const sealed = newest(box);
  expect(sealed.payload_root_hash).not.toBe(before);
  expect(sealed).toMatchObject({
    integrity_state: "verified",
    entries: rest.entries,
    bytes: rest.bytes,
  });
  await box.ok("w", "snapshot", "two", "--hash", "now");
  const { payload_root_hash, links, entries, bytes, root_mode } = newest(box);
  expect(sealed).toMatchObject({ payload_root_hash, links, entries, bytes, root_mode });
  expect((await box.jvs("w", "seal")).out).toBe("Nothing to seal\n");
  expect(countSeals(box)).toBe(1);
  expectTidy(box);
  expect((await box.jvs("w", "doctor", "--strict")).exit).toBe(0);
});

test("what stands in for content is as docs/format.md says", async () => {
  await using box = await openPending();
  const { snapshot_id: id } = newest(box);
  const digest = new Bun.CryptoHasher("sha256").update(`jvs pending ${id} a.txt`).digest();
  const standIn = Buffer.from(digest.map((byte) => byte ^ 255)).toString("hex");
  rmSync(box.path(`w/.jvs/snapshots/${id}/a.txt`));
  const { out, exit } = await box.jvs("w", "verify", "--json");
  expect(exit).toBe(12);
  expect(out).toContain(standIn);
});

test.each([
  ["status"],
  ["diff", "HEAD"],
  ["ls", "HEAD", "-R"],
  ["cat", "HEAD", "a.txt"],
  ["export", "HEAD", "../copy"],
  ["verify"],
  ["fork", "HEAD", "other"],
  ["worktree", "create", "other", "--from", "HEAD"],
  ["restore", "HEAD"],
  ["undo"],
  ["snapshot", "--if-changed"],
  ["snapshot", "part", "--", "a.txt"],
])("jvs %s %s seals what is pending first", async (...argv) => {
  await using box = await openPending();
  const ran = await box.jvs("w", ...argv.filter((word) => word !== undefined));
  expect({ exit: ran.exit, err: ran.err }).toEqual({ exit: 0, err: "" });
  expect(states(box)[0]).toBe("verified");
  expect((await box.jvs("w", "verify")).exit).toBe(0);
});

test.each([
  ["show", "HEAD"],
  ["gc", "--now"],
  ["du"],
  ["view", "HEAD"],
  ["note", "edit", "HEAD", "x"],
  ["doctor"],
])("jvs %s %s needs no content and leaves it unread", async (...argv) => {
  await using box = await openPending();
  const { exit, err } = await box.jvs("w", ...argv.filter((word) => word !== undefined));
  expect({ exit, err }).toEqual({ exit: 0, err: "" });
  expect(states(box)).toEqual(["pending"]);
  await box.ok("w", "seal", "HEAD");
  expect((await box.jvs("w", "verify")).exit).toBe(0);
});

test("what was edited since comes back out of a pending snapshot", async () => {
  await using box = await openPending();
  const before = box.fingerprint("w");
  box.write({ "w/a.txt": "edited", "w/new": "unsaved" });
  rmSync(box.path("w/sub"), { recursive: true });
  await box.ok("w", "snapshot", "two", "--hash", "later");
  const after = box.fingerprint("w");
  box.write({ "w/large": "small by now" });
  expect((await box.jvs("w", "restore", "one")).exit).toBe(0);
  expect(box.fingerprint("w")).toEqual(before);
  await box.jvs("w", "restore", "two");
  expect(box.fingerprint("w")).toEqual(after);
  expect(states(box).filter((state) => state !== "verified")).toEqual([]);
  expectTidy(box);
});

test("snapshots after a pending one; --if-changed misses nothing", async () => {
  await using box = await openPending();
  box.write({ "w/a.txt": "HELLO\n" });
  await box.ok("w", "snapshot", "two", "--hash", "later", "--if-changed");
  expect(states(box)).toEqual(["pending", "pending"]);
  await box.ok("w", "seal");
  expect((await box.jvs("w", "cat", "one", "a.txt")).out).toBe("hello\n");
  expect((await box.jvs("w", "cat", "two", "a.txt")).out).toBe("HELLO\n");
  await box.ok("w", "status");
  const { unchanged } = await box.json("w", "snapshot", "--hash", "later", "--if-changed");
  expect(unchanged).toBe(true);
  box.write({ "w/a.txt": "Hello\n" });
  await box.ok("w", "snapshot", "three", "--hash", "later", "--if-changed");
  expect(states(box)).toEqual(["verified", "verified", "pending"]);
  await box.ok("w", "snapshot", "--if-changed");
  await box.ok("w", "snapshot", "nothing new", "--hash", "later");
  expect(states(box).at(-1)).toBe("verified");
  expectTidy(box);
});

test("engines that read what they store refuse; the setting holds where it can", async () => {
  await using box = await openWorkspace();
  const env = { JVS_SNAPSHOT_ENGINE: "objects" };
  const refused = await box.run("w", ["snapshot", "--hash", "later"], { env });
  expect(refused.exit).toBe(1);
  expect(refused.err).toContain("btrfs-snapshot, juicefs-clone, reflink-copy, copy");
  expect((await box.jvs("w", "snapshot", "--hash", "later", "--", "a.txt")).exit).toBe(1);
  expect((await box.jvs("w", "snapshot", "--hash", "never")).exit).toBe(2);
  expect(readdirSync(box.path("w/.jvs/descriptors"))).toEqual([]);
  await box.ok("w", "config", "set", "hash", "later");
  expect((await box.run("w", ["snapshot"], { env })).exit).toBe(0);
  box.write({ "w/a.txt": "edited" });
  await box.ok("w", "snapshot");
  box.write({ "w/a.txt": "edited again" });
  await box.ok("w", "snapshot", "--hash", "now");
  expect(states(box)).toEqual(["verified", "pending", "verified"]);
});

test("lists say what is pending, and have it sealed in the background", async () => {
  await using box = await openPending();
  expect((await box.jvs("w", "show", "HEAD")).out).toContain("pending");
  expect((await box.jvs("w", "info")).out).toContain("\n  Not hashed yet: 1\n");
  const mark = box.path(`w/.jvs/snapshots/${newest(box).snapshot_id}.pending`);
  while (existsSync(mark)) await Bun.sleep(20);
  expect(states(box)).toEqual(["verified"]);
  box.write({ "w/a.txt": "edited" });
  await box.ok("w", "snapshot", "two", "--hash", "later");
  expect((await box.jvs("w", "history")).out).toContain("two  (pending)  [HEAD]");
  while (readdirSync(box.path("w/.jvs/snapshots")).some((name) => name.endsWith(".pending")))
    await Bun.sleep(20);
  expect(readFileSync(box.path("w/a.txt"), "utf8")).toBe("edited");
});
