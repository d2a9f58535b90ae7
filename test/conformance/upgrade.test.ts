import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { expect, test } from "vitest";
import { makeSandbox, type Sandbox } from "../sandbox.ts";
import { V1Repository } from "../v1-repository.ts";

interface Upgraded {
  readonly status: string;
  readonly snapshots: number;
  readonly operations: number;
  readonly pins: number;
  readonly worktrees: number;
  readonly damaged: readonly { what: string; why: string; outcome: string }[];
  readonly notes: readonly string[];
}

interface Snapshot {
  readonly snapshot_id: string;
  readonly parent_id?: string;
  readonly created_at: string;
  readonly note?: string;
  readonly tags?: readonly string[];
  readonly kind: string;
  readonly partial_paths?: readonly string[];
  readonly meta: Readonly<Record<string, string>>;
}

/** Three snapshots of main and one of a fork. */
function makeOld(box: Sandbox): { old: V1Repository; ids: string[] } {
  const old = new V1Repository(box.path("p"));
  old.write({
    "a.txt": "one\n",
    "d/b": "b",
    "target/CACHEDIR.TAG": "Signature: 8a477f597d28d172789f06886806bc55",
    "target/x": "x",
  });
  chmodSync(box.path("p/main/d"), 0o700);
  symlinkSync("a.txt", box.path("p/main/link"));
  const first = old.snapshot("main", { note: 'first <note> & "é"', tags: ["v1.0"] });
  old.write({ "a.txt": "two\n" });
  const second = old.snapshot("main", { note: "second" });
  old.addWorktree("feature", second);
  old.write({ "a.txt": "feature\n" }, "feature");
  const third = old.snapshot("feature", { note: "third" });
  old.pin(first, "release");
  writeFileSync(old.at("config.yaml"), "# mine\ndefault_tags: [auto]\n");
  return { old, ids: [first, second, third] };
}

test("UX-17: a repository of the older jvs is refused with the hint, and nothing is touched", async () => {
  await using box = makeSandbox();
  makeOld(box);
  const before = box.fingerprint("p");
  const ran = await box.jvs("p/main", "status");
  expect(ran.exit).toBe(1);
  expect(ran.err).toContain("jvs upgrade");
  const { error } = JSON.parse((await box.jvs("p/main", "history", "--json")).out);
  expect(error.code).toBe("E_FORMAT_UNSUPPORTED");
  expect(box.fingerprint("p")).toEqual(before);
});

test("UX-17: everything comes along, the old control folder stays as it was", async () => {
  await using box = makeSandbox();
  const { ids } = makeOld(box);
  const files = box.fingerprint("p/main");
  const control = box.fingerprint("p/.jvs");
  const ran = await box.jvs("p/main", "upgrade");
  expect(ran.exit).toBe(0);
  expect(ran.err).toMatch(/^(jvs: note: worktree "\S+": 1 path is left out of new snapshots.*\n)$/);
  expect(ran.out).toContain("3 snapshots, 2 worktrees, 3 operations, 1 pin");
  expect(box.fingerprint("p/main")).toEqual(files);
  expect(box.fingerprint("p/.jvs-v1")).toEqual(control);

  const [newest, oldest] = await box.json<Snapshot[]>("p/main", "history");
  expect(newest).toMatchObject({ snapshot_id: ids[1], parent_id: ids[0], kind: "import" });
  expect(oldest).toMatchObject({
    snapshot_id: ids[0],
    created_at: "2026-01-02T03:04:06.000123456Z",
    note: 'first <note> & "é"',
    tags: ["v1.0"],
    meta: { v1_payload: "verified", v1_engine: "copy" },
  });
  expect(await box.json("p/worktrees/feature", "status")).toMatchObject({
    head: { snapshot_id: ids[2] },
  });
  const { repo_id } = await box.json("p/main", "info");
  expect(repo_id).toBe("0b5a4b1e-6f0a-4d7e-9d59-8d1f6b3d2a10");
  const pins = JSON.parse(readFileSync(box.path(`p/.jvs/pins/${ids[0]}.json`), "utf8"));
  expect(pins).toMatchObject({ snapshot_id: ids[0], reason: "release" });
  expect(readFileSync(box.path("p/.jvs/config.yaml"), "utf8")).toContain("# mine");
});

test("content, modes and links are exact after the upgrade, caches and ignored files too", async () => {
  await using box = makeSandbox();
  const { old } = makeOld(box);
  old.write({ ".jvsignore": "*.log\n", "a.log": "log", ".jvs-name": "n" });
  const ignored = old.snapshot("main", { note: "with a rule file" });
  await box.jvs("p/main", "upgrade");
  expect((await box.jvs("p/main", "cat", ignored, "a.log")).out).toBe("log");
  expect((await box.jvs("p/main", "export", "v1.0", "../out")).exit).toBe(0);
  expect(readFileSync(box.path("p/out/a.txt"), "utf8")).toBe("one\n");
  expect(readFileSync(box.path("p/out/target/x"), "utf8")).toBe("x");
  expect(existsSync(box.path("p/out/.READY"))).toBe(false);
  const { entries } = await box.json<{ entries: { path: string; mode: string }[] }>(
    "p/main",
    "ls",
    "v1.0",
  );
  expect(entries.find(({ path }) => path === "d")?.mode).toBe("0700");
  const verified = await box.jvs("p/main", "verify", "--all");
  expect(verified.exit).toBe(0);
});

test("the log tells of the old operations with their times, and undo leaves them alone", async () => {
  await using box = makeSandbox();
  const { ids } = makeOld(box);
  await box.jvs("p/main", "upgrade");
  const lines = readFileSync(box.path("p/.jvs/audit/audit.jsonl"), "utf8").trim().split("\n");
  const records = lines.map((line) => JSON.parse(line));
  expect(records.map(({ operation }) => operation)).toEqual([
    "snapshot",
    "snapshot",
    "snapshot",
    "upgrade",
  ]);
  expect(records[0]).toMatchObject({ target: ids[0], timestamp: "2026-01-02T03:04:06.000Z" });
  expect((await box.jvs("p/main", "undo")).exit).toBe(1);
});

test("work goes on: restore, snapshot, undo", async () => {
  await using box = makeSandbox();
  const { ids } = makeOld(box);
  await box.jvs("p/main", "upgrade");
  rmSync(box.path("p/main/target"), { recursive: true });
  expect((await box.jvs("p/main", "restore", "v1.0")).exit).toBe(0);
  expect(readFileSync(box.path("p/main/a.txt"), "utf8")).toBe("one\n");
  expect(readFileSync(box.path("p/main/target/x"), "utf8")).toBe("x");
  // What is left out of snapshots by now stays where it is, and is named.
  const back = await box.jvs("p/main", "restore", "HEAD");
  expect(back.exit).toBe(3);
  expect(back.err).toContain("target/x");
  box.write({ "p/main/a.txt": "three\n" });
  const made = await box.json<Snapshot>("p/main", "snapshot", "new");
  expect(made.parent_id).toBe(ids[1]);
});

test("--remove-old removes the old control folder, also later; a second upgrade has nothing to do", async () => {
  await using box = makeSandbox();
  makeOld(box);
  await box.jvs("p/main", "upgrade");
  const again = await box.json<Upgraded>("p/main", "upgrade");
  expect(again.status).toBe("current");
  expect(existsSync(box.path("p/.jvs-v1"))).toBe(true);
  expect((await box.jvs("p/main", "upgrade", "--remove-old")).exit).toBe(0);
  expect(existsSync(box.path("p/.jvs-v1"))).toBe(false);
  expect(await box.json<Snapshot[]>("p/main", "history")).toHaveLength(2);
});

test("damage is named, and what is whole comes along", async () => {
  await using box = makeSandbox();
  const { old, ids } = makeOld(box);
  const [first = "", second = "", third = ""] = ids;
  writeFileSync(old.at(`snapshots/${first}/a.txt`), "altered\n");
  rmSync(old.at(`snapshots/${third}`), { recursive: true });
  const path = old.at(`descriptors/${second}.json`);
  writeFileSync(path, readFileSync(path, "utf8").replace('"second"', '"edited"'));
  writeFileSync(old.at("worktrees/main/config.json"), "{ no json");
  const log = readFileSync(old.at("audit/audit.jsonl"), "utf8").split("\n");
  writeFileSync(old.at("audit/audit.jsonl"), [log[0], "garbage", ...log.slice(2)].join("\n"));
  const ran = await box.jvs("p/main", "upgrade", "--json");
  expect(ran.exit).toBe(3);
  const { damaged, snapshots } = JSON.parse(ran.out) as Upgraded;
  expect(snapshots).toBe(2);
  const whys = damaged.map(({ what, why }) => `${what}: ${why}`);
  expect(whys).toEqual(
    expect.arrayContaining([
      `snapshot ${first}: its content is not what was saved`,
      `snapshot ${second}: the checksum of its record does not match`,
      `snapshot ${third}: its content is gone`,
      "worktree main: its record is no JSON object",
      "audit log: line 2 of the audit log makes no sense",
    ]),
  );
  expect(whys.some((why) => why.startsWith("worktree feature: snapshot"))).toBe(true);
  const history = await box.json<Snapshot[]>("p/main", "history");
  expect(history.map(({ snapshot_id }) => snapshot_id)).toEqual([second, first]);
  expect(history[1]?.meta.v1_payload).toBe("altered");
});

test("IN-06: log records of any length come along", async () => {
  await using box = makeSandbox();
  const old = new V1Repository(box.path("p"));
  old.write({ a: "1" });
  old.snapshot("main", { note: "n".repeat(100_000) });
  old.snapshot("main", { note: "after" });
  const { operations, damaged } = await box.json<Upgraded>("p/main", "upgrade");
  expect({ operations, damaged }).toEqual({ operations: 2, damaged: [] });
});

test("IN-09: compressed snapshots come along with their content; DL-09: user's own .gz files stay", async () => {
  await using box = makeSandbox();
  const old = new V1Repository(box.path("p"));
  old.write({ "a.txt": "hello\n", "d/own.gz": "no gzip at all", empty: "" });
  const id = old.snapshot("main", { note: "packed", compress: true });
  const { damaged, notes } = await box.json<Upgraded>("p/main", "upgrade");
  expect(damaged).toEqual([]);
  expect(notes.join()).toContain(`${id} was compressed`);
  const { entries } = await box.json<{ entries: { path: string }[] }>("p/main", "ls", "HEAD", "-R");
  expect(entries.map(({ path }) => path)).toEqual(["a.txt", "d", "d/own.gz", "empty"]);
  expect((await box.jvs("p/main", "cat", "HEAD", "a.txt")).out).toBe("hello\n");
  const [snapshot] = await box.json<Snapshot[]>("p/main", "history");
  expect(snapshot?.meta.v1_payload).toBe("not verifiable");
});

test("partial snapshots keep their meaning", async () => {
  await using box = makeSandbox();
  const old = new V1Repository(box.path("p"));
  old.write({ a: "1", b: "1" });
  old.snapshot("main", { note: "all" });
  old.write({ a: "2", b: "2" });
  const part = old.snapshot("main", { note: "part", partial: ["a"] });
  await box.jvs("p/main", "upgrade");
  const [newest] = await box.json<Snapshot[]>("p/main", "history");
  expect(newest).toMatchObject({ snapshot_id: part, partial_paths: ["a"] });
  const diff = await box.json("p/main", "diff", "HEAD~1", "HEAD");
  expect(diff).toMatchObject({ removed: [], modified: [{ path: "a" }] });
});

test("leftovers of the old jvs are passed over", async () => {
  await using box = makeSandbox();
  const { old } = makeOld(box);
  mkdirSync(old.at("snapshots/1795215273951-8a6b0575.tmp"));
  mkdirSync(old.at("snapshots/1795215273951-8a6b0575"));
  mkdirSync(box.path("p/.jvs/worktrees/main.restore-tmp-1"), { recursive: true });
  writeFileSync(old.at("intents/x.json"), "{}");
  writeFileSync(box.path("p/main/.READY"), "");
  const upgraded = await box.json<Upgraded>("p/main", "upgrade");
  expect(upgraded).toMatchObject({ snapshots: 3, damaged: [] });
  expect(upgraded.notes.join()).toContain("never finished");
  expect(upgraded.notes.join()).toContain("main/.READY");
});

test.each(["upgrade-snapshot:2", "upgrade-exchange", "upgrade-exchanged"])(
  "a kill at %s loses nothing, and the next upgrade finishes",
  async (failPoint) => {
    await using box = makeSandbox();
    const { ids } = makeOld(box);
    const control = box.fingerprint("p/.jvs");
    const killed = await box.run("p/main", ["upgrade"], { failPoint });
    expect(killed.signal).toBe("SIGKILL");
    const again = await box.jvs("p/main", "upgrade");
    expect(again.exit).toBe(0);
    expect(box.fingerprint("p/.jvs-v1")).toEqual(control);
    expect(existsSync(box.path("p/.jvs.upgrade"))).toBe(false);
    const history = await box.json<Snapshot[]>("p/main", "history");
    expect(history.map(({ snapshot_id }) => snapshot_id)).toEqual([ids[1], ids[0]]);
  },
);

test("an exchange that was cut short on a simple file system is finished", async () => {
  await using box = makeSandbox();
  makeOld(box);
  const { renameSync } = await import("node:fs");
  renameSync(box.path("p/.jvs"), box.path("p/.jvs.upgrade.out"));
  expect((await box.jvs("p/main", "upgrade")).exit).toBe(0);
  expect(await box.json<Snapshot[]>("p/main", "history")).toHaveLength(2);
});

test("outside of a repository, and with a version from the future", async () => {
  await using box = makeSandbox();
  expect((await box.jvs(".", "upgrade")).exit).toBe(10);
  const { old } = makeOld(box);
  writeFileSync(old.at("format_version"), "3\n");
  const ran = await box.jvs("p/main", "upgrade");
  expect(ran.exit).toBe(1);
  expect(ran.err).toContain("too new");
  appendFileSync(old.at("format_version"), "");
});
