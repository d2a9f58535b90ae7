import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { worktreeLockPath } from "./layout.ts";
import { type LockOptions, lockRepository, lockWorktree } from "./lock.ts";
import { ACTOR, makeScratchRepo, NOW, startProcess } from "./scratch-repo.suite.ts";

const TRY_ONCE: LockOptions = { actor: ACTOR, command: "jvs test", timeoutMs: 0 };
const PATIENT: LockOptions = { ...TRY_ONCE, timeoutMs: 10_000 };

/** Code that locks `main` of the repository at `root`, for a process of its own. */
function lockingCode(root: string, then: string): string {
  return `
    import { findRepo } from ${JSON.stringify(fileURLToPath(new URL("./repo.ts", import.meta.url)))};
    import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
    const repo = findRepo(${JSON.stringify(root)});
    const actor = { user: "bob", host: "box", pid: process.pid };
    const options = { actor, command: "jvs child", timeoutMs: 20000 };
    ${then}`;
}

async function firstLine(stream: ReadableStream<Uint8Array>): Promise<string> {
  const { value } = await stream.getReader().read();
  return new TextDecoder().decode(value).trim();
}

test("excludes a second holder until it is released, twice without harm", async () => {
  using box = makeScratchRepo();
  const lock = await lockWorktree(box.repo, "main", TRY_ONCE);

  await expect(lockWorktree(box.repo, "main", TRY_ONCE)).rejects.toMatchObject({
    code: "E_LOCKED",
  });

  lock.release();
  using second = await lockWorktree(box.repo, "main", TRY_ONCE);
  lock.release();
  lock[Symbol.dispose]();
  await expect(lockWorktree(box.repo, "main", TRY_ONCE)).rejects.toMatchObject({
    code: "E_LOCKED",
  });
  second.release();
});

test("locks of other worktrees and purposes are other locks", async () => {
  using box = makeScratchRepo();

  using _main = await lockWorktree(box.repo, "main", TRY_ONCE);
  using _log = await lockWorktree(box.repo, "log", TRY_ONCE);
  using _gcWorktree = await lockWorktree(box.repo, "gc", TRY_ONCE);
  using _gc = await lockRepository(box.repo, "gc", TRY_ONCE);
  using _labels = await lockRepository(box.repo, "labels", TRY_ONCE);

  await expect(lockRepository(box.repo, "gc", TRY_ONCE)).rejects.toMatchObject({
    code: "E_LOCKED",
  });
});

test("names the holder: process, command, age", async () => {
  using box = makeScratchRepo();
  using _lock = await lockWorktree(box.repo, "main", { ...TRY_ONCE, now: () => NOW });
  const later = new Date(NOW.getTime() + 12_345);

  const second = lockWorktree(box.repo, "main", { ...TRY_ONCE, now: () => later });

  await expect(second).rejects.toMatchObject({
    message: `Cannot lock the worktree "main": process ${process.pid} of ann on box (jvs test) has held it for 12 s`,
    hint: expect.stringContaining(`stop process ${process.pid}`),
    details: { pid: process.pid, command: "jvs test", since: NOW.toISOString() },
  });
});

test("the record is there while the lock is held, over what a killed holder left", async () => {
  using box = makeScratchRepo();
  const path = worktreeLockPath(box.repo.layout, "main");
  writeFileSync(path, `${"x".repeat(5000)}\n`);

  const lock = await lockWorktree(box.repo, "main", { ...TRY_ONCE, now: () => NOW });

  expect(JSON.parse(readFileSync(path, "utf8"))).toEqual({
    user: "ann",
    host: "box",
    boot_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    pid: process.pid,
    process_start: expect.stringMatching(/^\d+$/),
    command: "jvs test",
    since: NOW.toISOString(),
  });
  lock.release();
  expect(readFileSync(path, "utf8")).toBe("");
});

test("does not take a garbled record for a fact", async () => {
  using box = makeScratchRepo();
  using _lock = await lockWorktree(box.repo, "main", TRY_ONCE);
  writeFileSync(worktreeLockPath(box.repo.layout, "main"), '{"pid": 1');

  await expect(lockWorktree(box.repo, "main", TRY_ONCE)).rejects.toMatchObject({
    code: "E_LOCKED",
    message: expect.stringContaining("another process is at work"),
  });
});

test("waits no longer than it was told, and tells that it waits", async () => {
  using box = makeScratchRepo();
  using _lock = await lockWorktree(box.repo, "main", TRY_ONCE);
  const phases: string[] = [];
  const progress = {
    report: ({ phase }: { phase: string }) => void phases.push(phase),
    breathe: async () => {},
  };
  const start = performance.now();

  const second = lockWorktree(box.repo, "main", { ...TRY_ONCE, timeoutMs: 100, progress });

  await expect(second).rejects.toMatchObject({ code: "E_LOCKED" });
  expect(performance.now() - start).toBeGreaterThanOrEqual(99);
  expect(performance.now() - start).toBeLessThan(2000);
  expect(new Set(phases)).toEqual(new Set(['waiting for the worktree "main"']));
});

test("stops waiting when the user wants to", async () => {
  using box = makeScratchRepo();
  using _lock = await lockWorktree(box.repo, "main", TRY_ONCE);
  const progress = { report() {}, breathe: () => Promise.reject(new Error("stopped")) };

  const second = lockWorktree(box.repo, "main", { ...PATIENT, progress });

  await expect(second).rejects.toThrow("stopped");
});

test.each(["..", "a/b", "", "."])("makes no file for the worktree %j", async (name) => {
  using box = makeScratchRepo();

  const lock = lockWorktree(box.repo, name, TRY_ONCE);

  await expect(lock).rejects.toMatchObject({ code: "E_NAME_INVALID" });
  expect(readdirSync(box.repo.layout.locks)).toEqual([]);
});

test("does not bring back a repository that was removed", async () => {
  using box = makeScratchRepo();
  rmSync(box.repo.layout.jvs, { recursive: true });

  await expect(lockWorktree(box.repo, "main", TRY_ONCE)).rejects.toMatchObject({ code: "ENOENT" });
  expect(existsSync(box.repo.layout.jvs)).toBe(false);
});

test("makes the folder of the locks when it is missing", async () => {
  using box = makeScratchRepo();
  rmSync(box.repo.layout.locks, { recursive: true });

  using _lock = await lockWorktree(box.repo, "main", TRY_ONCE);

  expect(statSync(box.repo.layout.locks).isDirectory()).toBe(true);
});

test("a killed holder frees the lock at once, and its children do not keep it", async () => {
  using box = makeScratchRepo();
  const holder = startProcess(
    "./lock.ts",
    lockingCode(
      box.root,
      `await room.lockWorktree(repo, "main", options);
      const child = Bun.spawn(["sleep", "30"], { stdin: "ignore", stdout: "ignore" });
      console.log(child.pid);
      await Bun.sleep(30000);`,
    ),
  );
  const sleeper = Number(await firstLine(holder.stdout));
  try {
    await expect(lockWorktree(box.repo, "main", TRY_ONCE)).rejects.toMatchObject({
      details: { pid: holder.pid, command: "jvs child" },
    });

    holder.kill("SIGKILL");
    await holder.exited;

    expect(() => process.kill(sleeper, 0)).not.toThrow();
    using lock = await lockWorktree(box.repo, "main", TRY_ONCE);
    expect(lock).toBeDefined();
  } finally {
    if (sleeper > 0) process.kill(sleeper, "SIGKILL"); // 0 would be our own process group.
  }
});

test("eight processes get their turns, one at a time", { timeout: 30_000 }, async () => {
  using box = makeScratchRepo();
  mkdirSync(`${box.root}/work`);
  writeFileSync(`${box.root}/work/count`, "0");
  const code = lockingCode(
    box.root,
    `await Bun.stdin.text();
    const file = repo.layout.root + "/work/count";
    for (let turn = 0; turn < 25; turn++) {
      using lock = await room.lockWorktree(repo, "main", options);
      const count = Number(readFileSync(file, "utf8"));
      if (turn % 5 === 0) await Bun.sleep(2);
      writeFileSync(file, String(count + 1));
    }`,
  );
  const processes = Array.from({ length: 8 }, () => startProcess("./lock.ts", code));
  for (const { stdin } of processes) await stdin.end();

  expect(await Promise.all(processes.map(({ exited }) => exited))).toEqual(Array(8).fill(0));

  expect(readFileSync(`${box.root}/work/count`, "utf8")).toBe("200");
});
