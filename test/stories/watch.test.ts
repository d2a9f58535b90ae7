import { spawnSync } from "node:child_process";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { expect, test } from "vitest";
import { IS_ROOT, makeSandbox, type Ran, type Sandbox } from "../sandbox.ts";
import { FILES, isReady, makeWatched, type Report } from "../watched.ts";

/** The system calls of a command that name files of the workspace. */
function looksAt(box: Sandbox, argv: readonly string[]): number | undefined {
  if (Bun.which("strace") === null) return undefined;
  const trace = box.path("trace");
  spawnSync("strace", ["-f", "-e", "trace=statx", "-o", trace, box.binary, ...argv], {
    cwd: box.path("w"),
    env: { PATH: process.env.PATH, HOME: box.path("home") },
  });
  return readFileSync(trace, "utf8")
    .split("\n")
    .filter((line) => /"f\d+"/.test(line)).length;
}

test("a watched workspace is not walked, and tells what was touched", async ({ skip }) => {
  await using watched = await makeWatched();
  const { box } = watched;
  expect(await watched.changed()).toEqual([]); // The first one walks: the index is older than the watcher.
  appendFileSync(box.path("w/d1/f1"), "more");
  mkdirSync(box.path("w/new/deep"), { recursive: true });
  writeFileSync(box.path("w/new/deep/file"), "");
  rmSync(box.path("w/d2/f2"));
  expect(await watched.changed()).toEqual(["d1/f1", "d2/f2", "new/deep/file"]);
  await box.ok("w", "snapshot", "second");
  expect(await watched.changed()).toEqual([]);
  const looks = looksAt(box, ["status"]);
  if (looks === undefined) return skip("strace is not installed");
  expect(looks).toBeLessThan(10);
  await box.ok("w", "watch", "stop");
  expect(looksAt(box, ["status"])).toBeGreaterThan(50);
});

test("lost events cost a walk, no more", async () => {
  await using watched = await makeWatched();
  const { box } = watched;
  await watched.changed();
  const { pid } = await watched.until(isReady);
  process.kill(pid, "SIGSTOP");
  // Three events each; the kernel keeps 16,384 unless told otherwise.
  for (let file = 0; file < 8000; file++) writeFileSync(box.path(`w/d3/many${file}`), "");
  process.kill(pid, "SIGCONT");
  expect((await watched.changed()).length).toBe(8000);
  await watched.until(isReady);
  expect((await watched.changed()).length).toBe(8000);
  rmSync(box.path("w/d3/many7"));
  expect((await watched.changed()).length).toBe(7999);
});

test("at the limit of watches everything is walked, and status says why", async ({ skip }) => {
  await using box = makeSandbox(FILES);
  await box.jvs("w", "init");
  await box.jvs("w", "snapshot");
  // In a user namespace of its own the limit can be set by anybody, and for nobody else.
  const script = 'echo 3 > /proc/sys/user/max_inotify_watches && exec "$0" watch run';
  const watcher = Bun.spawn(["unshare", "-Ur", "sh", "-c", script, box.binary], {
    cwd: box.path("w"),
    stderr: "ignore",
  });
  try {
    await Bun.sleep(500);
    appendFileSync(box.path("w/d1/f1"), "more");
    const status = await box.json<{ changes: unknown[] }>("w", "status");
    expect(status.changes).toHaveLength(1);
    const report = await box.json<Report | null>("w", "watch", "status");
    if (report === null) return skip("there can be no user namespaces here");
    expect(report.workspaces[0]).toMatchObject({
      state: "off",
      why: expect.stringContaining("max_user_watches"),
    });
  } finally {
    watcher.kill();
    await watcher.exited;
  }
});

test("a watcher that is killed leaves nothing that matters", async () => {
  await using watched = await makeWatched();
  const { box } = watched;
  await watched.changed();
  const { pid } = await watched.until(isReady);
  process.kill(pid, "SIGKILL");
  appendFileSync(box.path("w/d1/f1"), "more");
  expect(await watched.changed()).toEqual(["d1/f1"]);
  expect(await watched.report()).toBeNull();
  expect(existsSync(box.path("w/.jvs/cache/watch.sock"))).toBe(true);
  // The next one takes the place over; what was touched in between is found.
  appendFileSync(box.path("w/d1/f7"), "more");
  await box.ok("w", "watch", "start");
  await watched.until(isReady);
  expect(await watched.changed()).toEqual(["d1/f1", "d1/f7"]);
});

test("a watcher that does not answer is passed over", async () => {
  await using watched = await makeWatched();
  const { box } = watched;
  await watched.changed();
  const { pid } = await watched.until(isReady);
  process.kill(pid, "SIGSTOP");
  try {
    appendFileSync(box.path("w/d1/f1"), "more");
    expect(await watched.changed()).toEqual(["d1/f1"]);
    await box.ok("w", "snapshot", "meanwhile");
  } finally {
    process.kill(pid, "SIGCONT");
  }
  appendFileSync(box.path("w/d1/f7"), "more");
  expect(await watched.changed()).toEqual(["d1/f7"]);
});

test("a file that stays mapped is looked at each time", async () => {
  await using watched = await makeWatched();
  const { box } = watched;
  await watched.changed();
  const bytes = Bun.mmap(box.path("w/d1/f1"), { shared: true });
  bytes[0] = 88;
  expect(await watched.changed()).toEqual(["d1/f1"]);
  await box.ok("w", "snapshot", "mapped");
  await watched.until(({ workspaces }) => workspaces[0]?.held === 1);
  expect(await watched.changed()).toEqual([]);
  spawnSync("sync"); // From now on the next store changes the file's times again.
  bytes[0] = 89;
  expect(await watched.changed()).toEqual(["d1/f1"]);
});

test("two repositories, and forks, are watched side by side", async () => {
  await using one = await makeWatched();
  await using other = await makeWatched();
  await one.box.ok("w", "fork", "--name", "beside");
  const fork = "w/.jvs/worktrees/beside";
  await one.changed(fork);
  await one.until((report) => report.workspaces.length === 2 && isReady(report));
  await one.changed();
  await one.changed(fork);
  appendFileSync(one.box.path("w/d1/f1"), "more");
  appendFileSync(one.box.path(`${fork}/d2/f2`), "more");
  appendFileSync(other.box.path("w/d3/f3"), "more");
  expect(await one.changed()).toEqual(["d1/f1"]);
  expect(await one.changed(fork)).toEqual(["d2/f2"]);
  expect(await other.changed()).toEqual(["d3/f3"]);
  expect((await one.report())?.pid).not.toBe((await other.report())?.pid);
});

test("a workspace that is renamed, moved or replaced is looked at anew", async () => {
  await using watched = await makeWatched();
  const { box } = watched;
  await box.ok("w", "fork", "--name", "one");
  const place = (name: string): string => `w/.jvs/worktrees/${name}`;
  await watched.changed(place("one"));
  await watched.until((report) => report.workspaces.length === 2 && isReady(report));
  await watched.changed(place("one"));
  await box.ok("w", "worktree", "rename", "one", "two");
  appendFileSync(box.path(`${place("two")}/d1/f1`), "more");
  expect(await watched.changed(place("two"))).toEqual(["d1/f1"]);
  // Another folder under the same name, with an index that knows nothing of it.
  await watched.changed();
  spawnSync("cp", ["-a", box.path("w"), box.path("copy")]);
  renameSync(box.path("w"), box.path("old"));
  renameSync(box.path("copy"), box.path("w"));
  appendFileSync(box.path("w/d4/f4"), "more");
  expect(await watched.changed()).toEqual(["d4/f4"]);
  renameSync(box.path("w"), box.path("copy"));
  renameSync(box.path("old"), box.path("w"));
});

test("what is mounted in a workspace is seen, and that it is gone", async ({ skip }) => {
  if (!IS_ROOT) return skip("only root may mount");
  await using watched = await makeWatched();
  const { box } = watched;
  await watched.changed();
  const mount = (...argv: string[]): void =>
    expect(spawnSync(argv[0] as string, argv.slice(1)).status).toBe(0);
  mount("mount", "-t", "tmpfs", "tmpfs", box.path("w/d1"));
  try {
    const { losses } = await box.json<{ losses: { path: string }[] }>("w", "status");
    expect(losses.map(({ path }) => path)).toEqual(["d1"]);
  } finally {
    mount("umount", box.path("w/d1"));
  }
  expect(await watched.changed()).toEqual([]);
});

test("rights that change are changes of all that is in a folder", async ({ skip }) => {
  if (!IS_ROOT) return skip("only root can try it as somebody else");
  const box = makeSandbox(FILES);
  box.giveAway("w");
  const asNobody = { asNobody: true };
  const run = (...argv: string[]): ReturnType<Sandbox["run"]> => box.run("w", argv, asNobody);
  try {
    await run("init");
    await run("snapshot");
    await run("watch", "start");
    await Bun.sleep(200);
    await run("status");
    spawnSync("chmod", ["0600", box.path("w/d1")]);
    const closed = await run("status", "--json");
    await run("watch", "stop");
    const walked = await run("status", "--json");
    expect(JSON.parse(closed.out)).toEqual(JSON.parse(walked.out));
    expect(JSON.parse(closed.out).losses).toHaveLength(10);
  } finally {
    await run("watch", "stop");
    await box[Symbol.asyncDispose]();
  }
});

test("a copy of a watched workspace is all of it, wherever names came", async () => {
  await using watched = await makeWatched();
  const { box } = watched;
  const env = { JVS_SNAPSHOT_ENGINE: "copy" };
  const snapshot = (note: string): Promise<Ran> => box.run("w", ["snapshot", note], { env });
  await snapshot("copied");
  await box.ok("w", "status");
  box.write({ "w/new/file": "new" }); // All other folders have other rows in the index from here on.
  const before = box.fingerprint("w");
  expect(await snapshot("with another folder")).toMatchObject({ exit: 0, err: "" });
  expect((await box.json<{ clean: boolean }>("w", "status")).clean).toBe(true);
  rmSync(box.path("w/d1"), { recursive: true });
  await box.ok("w", "restore", "HEAD");
  expect(box.fingerprint("w")).toEqual(before);
});
