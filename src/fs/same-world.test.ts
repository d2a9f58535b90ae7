import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { afterEach, expect, test } from "vitest";
import { isSameWorld } from "./same-world.ts";

const children: ReturnType<typeof spawn>[] = [];

afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

/** Starts a shell that does something first; returns once it did. */
async function startAfter(work: string, ...prefix: string[]): Promise<number> {
  const child = spawn(
    prefix[0] ?? "sh",
    [...prefix.slice(1), ...(prefix.length > 0 ? ["sh"] : []), "-c", `${work}; echo $$; read x`],
    { stdio: ["pipe", "pipe", "ignore"] },
  );
  children.push(child);
  const [line] = (await child.stdout.take(1).toArray()) as Buffer[];
  return Number(line?.toString());
}

test("this process and its children are in one world", async () => {
  expect(isSameWorld(process.pid)).toBe(true);
  expect(isSameWorld(await startAfter("true"))).toBe(true);
  expect(isSameWorld(await startAfter("ulimit -Sn 64"))).toBe(true);
});

test.each([
  "umask 027",
  "ulimit -f 1000",
  "ulimit -n 64",
  "renice 5 $$ >/dev/null",
  "chrt -b -p 0 $$",
])("a process after `%s` is in another one", async (work) => {
  expect(isSameWorld(await startAfter(work))).toBe(false);
});

test("so is one that may be confined, or sees other mounts", async () => {
  expect(isSameWorld(await startAfter("true", "setpriv", "--no-new-privs"))).toBe(false);
  const canUnshare = spawnSync("unshare", ["-m", "true"]).status === 0;
  for (const space of canUnshare ? ["-m", "-u", "-n"] : [])
    expect(isSameWorld(await startAfter("true", "unshare", space))).toBe(false);
});

test("nobody is in the world of a process that is not there", () => {
  const most = Number(readFileSync("/proc/sys/kernel/pid_max", "utf8"));
  expect(existsSync(`/proc/${most + 1}`)).toBe(false);
  expect(isSameWorld(most + 1)).toBe(false);
  expect(isSameWorld(0)).toBe(false);
});
