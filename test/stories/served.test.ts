import { spawnSync } from "node:child_process";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { expect, test } from "vitest";
import type { Ran, RunOptions } from "../sandbox.ts";
import { makeWatched, type Watched } from "../watched.ts";

const LARGE_BYTES = 300 << 20;

interface Logged {
  readonly operation: string;
  readonly actor: { readonly pid: number; readonly agent?: string; readonly user?: string };
}

/** Watched, with its server at work. */
async function makeServed(): Promise<{ watched: Watched; server: number } & AsyncDisposable> {
  const watched = await makeWatched();
  await watched.until(({ server_pid }) => server_pid !== null);
  const server = (await watched.report())?.server_pid ?? 0;
  return { watched, server, [Symbol.asyncDispose]: () => watched[Symbol.asyncDispose]() };
}

async function lastOperation({ box }: Watched): Promise<Logged | undefined> {
  return (await box.json<Logged[]>("w", "operations", "--limit", "1")).at(0);
}

test("a command is carried out by the server, in the name of whoever called", async () => {
  await using served = await makeServed();
  const { box } = served.watched;
  appendFileSync(box.path("w/d1/f1"), "more");
  const argv = ["--json", "snapshot", "one"];
  const { exit } = await box.run("w/d1", argv, { env: { JVS_AGENT: "ada-bot" } });
  expect(exit).toBe(0);
  const last = await lastOperation(served.watched);
  expect(last).toMatchObject({
    operation: "snapshot",
    actor: { pid: served.server, agent: "ada-bot" },
  });
});

test.each([
  ["w", ["status"]],
  ["w", ["--json", "status"]],
  ["w/d1", ["diff"]],
  ["w", ["history", "--json"]],
  ["w", ["history", "--nonsense"]],
  ["w", ["restore", "nowhere"]],
  ["w", ["restore", "nowhere", "--json"]],
  ["w", ["snapshot", "a", "b", "c"]],
  ["w", ["status", "extra"]],
  ["w/d2", ["snapshot", "x", "--", "missing"]],
  ["w", ["undo", "--help"]],
] as const)("in %s, %j says and ends the same as without", async (folder, argv) => {
  await using served = await makeServed();
  const { box } = served.watched;
  appendFileSync(box.path("w/d1/f1"), "more");
  const here = await box.run(folder, argv, { env: { JVS_SERVER: "off" } });
  expect(await box.run(folder, argv)).toEqual(here);
});

test("a note comes from stdin, from a file beside the caller, and from a pipe", async () => {
  await using served = await makeServed();
  const { box } = served.watched;
  writeFileSync(box.path("w/d1/note.txt"), "from a file");
  const piped = 'echo from a pipe | "$0" snapshot --file /dev/stdin';
  const runs: [readonly string[], RunOptions][] = [
    [["snapshot", "-"], { input: "from stdin\n" }],
    [["snapshot", "--file", "note.txt"], {}],
  ];
  for (const [argv, options] of runs) expect((await box.run("w/d1", argv, options)).exit).toBe(0);
  const cwd = box.path("w/d1");
  expect(spawnSync("sh", ["-c", piped, box.binary], { cwd }).status).toBe(0);
  const notes = (await box.json<{ note: string }[]>("w", "history")).map(({ note }) => note.trim());
  expect(notes).toEqual(["from a pipe", "from a file", "from stdin", "first"]);
});

test("a note is never taken from what is another file for the server", async () => {
  await using served = await makeServed();
  const { box } = served.watched;
  const run = (script: string): { status: number | null; err: string } => {
    appendFileSync(box.path("w/d1/f1"), "more");
    const ran = spawnSync("bash", ["-c", script, box.binary], { cwd: box.path("w/d1") });
    return { status: ran.status, err: ran.stderr.toString() };
  };
  writeFileSync(box.path("w/d1/note.txt"), "from a file");
  symlinkSync("/dev/fd/9", box.path("w/d1/link"));
  const done = { status: 0, err: "" };
  expect(run('"$0" snapshot -F <(echo substituted)')).toEqual(done);
  expect(run('"$0" snapshot -F /dev/fd/9 9< note.txt')).toEqual(done);
  expect(run('"$0" snapshot -F link 9< note.txt')).toEqual(done);
  expect(run('"$0" snapshot -F /proc/self/fd/9 9< note.txt')).toEqual(done);
  const notes = (await box.json<{ note: string }[]>("w", "history")).map(({ note }) => note.trim());
  const wanted = ["from a file", "from a file", "from a file", "substituted", "first"];
  expect(notes).toEqual(wanted);
});

test("the log names whoever called, also where the server was started by another name", async () => {
  await using served = await makeServed();
  const { box } = served.watched;
  const cwd = box.path("w");
  const users: unknown[] = [];
  for (const env of [{}, { USER: "ada" }, { JVS_SERVER: "off" }]) {
    appendFileSync(box.path("w/d1/f1"), "more");
    const ran = spawnSync(box.binary, ["snapshot", "x"], { cwd, env: { PATH: "/bin", ...env } });
    expect(ran.status).toBe(0);
    users.push((await lastOperation(served.watched))?.actor.user);
  }
  expect(users[0]).toBe(users[2]);
  expect(users[1]).toBe("ada");
});

test("a server that was killed is not named any more, and another one takes its place", async () => {
  await using served = await makeServed();
  process.kill(served.server, "SIGKILL");
  await served.watched.until(({ server_pid }) => server_pid === null);
  await served.watched.until(
    ({ server_pid }) => server_pid !== null && server_pid !== served.server,
  );
}, 40_000);

test("whoever lives in another world does it alone", async () => {
  await using served = await makeServed();
  const { box } = served.watched;
  for (const work of ["umask 077", "ulimit -n 99"]) {
    appendFileSync(box.path("w/d1/f1"), "more");
    const shell = `${work}; exec "$0" snapshot alone`;
    const ran = spawnSync("sh", ["-c", shell, box.binary], { cwd: box.path("w") });
    expect(ran.status).toBe(0);
    expect((await lastOperation(served.watched))?.actor.pid).not.toBe(served.server);
  }
});

test("whoever has not raised its limit of open files yet is served, bytes that are no text are not", async () => {
  await using served = await makeServed();
  const { box } = served.watched;
  const cwd = box.path("w");
  appendFileSync(box.path("w/d1/f1"), "more");
  const shell = 'ulimit -Sn 99; exec "$0" snapshot limited';
  expect(spawnSync("sh", ["-c", shell, box.binary], { cwd }).status).toBe(0);
  expect((await lastOperation(served.watched))?.actor.pid).toBe(served.server);
  appendFileSync(box.path("w/d1/f1"), "more");
  const odd = `exec "$0" snapshot "$(printf 'odd \\377')"`;
  expect(spawnSync("sh", ["-c", odd, box.binary], { cwd }).status).toBe(0);
  expect((await lastOperation(served.watched))?.actor.pid).not.toBe(served.server);
});

test("what the runtime is told at its start is told to no program that jvs starts", async () => {
  await using served = await makeServed();
  const environment = readFileSync(`/proc/${served.server}/environ`, "utf8");
  expect(environment).toContain("PATH=");
  expect(environment).not.toContain("BUN_");
});

test("killed while it works, it leaves the work to the caller", async () => {
  await using served = await makeServed();
  const { box } = served.watched;
  writeLarge(box.path("w/large"));
  const running = box.start("w", ["snapshot", "large"]);
  await isAtWork(served.server);
  process.kill(served.server, "SIGKILL");
  const { exit, err } = await running.ended;
  expect({ exit, err }).toEqual({ exit: 0, err: "" });
  expect((await lastOperation(served.watched))?.actor.pid).toBe(running.pid);
  await box.ok("w", "verify", "--all");
});

test("a caller that is interrupted interrupts it", async () => {
  await using served = await makeServed();
  const { box } = served.watched;
  writeLarge(box.path("w/large"));
  const running = box.start("w", ["snapshot", "large"]);
  await isAtWork(served.server);
  running.kill("SIGINT");
  expect((await running.ended).signal).toBe("SIGINT");
  appendFileSync(box.path("w/d1/f1"), "more");
  const next: Ran = await box.jvs("w", "snapshot", "next");
  expect({ exit: next.exit, err: next.err }).toEqual({ exit: 0, err: "" });
  const notes = (await box.json<{ note: string }[]>("w", "history")).map(({ note }) => note);
  expect(notes).toEqual(["next", "first"]);
  appendFileSync(box.path("w/d1/f1"), "more");
  await box.ok("w", "snapshot", "served again");
  expect((await lastOperation(served.watched))?.actor.pid).toBe(served.server);
});

test("many callers at once get what they asked for", async () => {
  await using served = await makeServed();
  const { box } = served.watched;
  mkdirSync(box.path("w/many"));
  const runs = Array.from({ length: 12 }, (_, index) => {
    writeFileSync(box.path(`w/many/${index}`), String(index));
    return box.jvs("w", index % 3 === 0 ? "snapshot" : "status", "--json");
  });
  for (const { exit, out } of await Promise.all(runs)) {
    expect(exit).toBe(0);
    expect(() => JSON.parse(out)).not.toThrow();
  }
  expect(await served.watched.changed()).toEqual([]);
});

test("with the watcher the server ends, and nothing is held any more", async () => {
  await using served = await makeServed();
  const { box } = served.watched;
  await box.ok("w", "status");
  await box.ok("w", "watch", "stop");
  expect(existsSync(box.path("w/.jvs/cache/serve.sock"))).toBe(false);
  for (let tries = 0; tries < 500 && existsSync(`/proc/${served.server}`); tries++)
    await Bun.sleep(10);
  expect(existsSync(`/proc/${served.server}`)).toBe(false);
  expect(await box.ok("w", "status")).toContain("Nothing to snapshot");
});

/** Content that no chunk of is like another: it takes a while. */
function writeLarge(path: string): void {
  spawnSync("sh", ["-c", `head -c ${LARGE_BYTES} /dev/urandom > "$0"`, path]);
}

/** Until the process has used some time of a processor. */
async function isAtWork(pid: number): Promise<void> {
  const before = ticksOf(pid);
  for (let tries = 0; tries < 1000 && ticksOf(pid) < before + 10; tries++) await Bun.sleep(5);
}

/** Hundredths of a second that it computed (proc_pid_stat(5), utime). */
function ticksOf(pid: number): number {
  const { stdout } = spawnSync("cat", [`/proc/${pid}/stat`]);
  return Number(stdout.toString().split(") ")[1]?.split(" ")[11]);
}
