import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, truncateSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { findFaults, findLeftovers, readLog } from "../repository.ts";
import { makeSandbox, type Sandbox } from "../sandbox.ts";

/** A workspace whose next snapshot takes seconds. */
async function start(): Promise<Sandbox> {
  const box = makeSandbox({ "w/a.txt": "a", "w/big.bin": "big" });
  await box.ok("w", "init");
  await box.ok("w", "snapshot", "one");
  box.write({ "w/a.txt": "edited" });
  truncateSync(box.path("w/big.bin"), 6e9);
  return box;
}

/** Until the command has begun to store what it reads. */
async function waitUntilBusy(box: Sandbox): Promise<void> {
  const drafts = box.path("w/.jvs/drafts");
  while (!existsSync(drafts) || readdirSync(drafts).length === 0) await Bun.sleep(2);
  await Bun.sleep(200);
}

test.each(["SIGINT", "SIGTERM"] as const)(
  "%s during a snapshot: status 130, and all is as before",
  async (signal) => {
    await using box = await start();
    const running = box.start("w", ["snapshot", "two"]);
    await waitUntilBusy(box);
    running.kill(signal);

    const { exit, out, err } = await running.ended;
    expect({ exit, out }).toEqual({ exit: 130, out: "" });
    expect(err).toMatch(/^jvs: interrupted; nothing was changed\n/);
    expect(findLeftovers(box.path("w"))).toEqual([]);
    expect(readLog(box.path("w")).length).toBe(2);
    expect(await box.ok("w", "history")).not.toContain("two");
    truncateSync(box.path("w/big.bin"), 3);
    await box.ok("w", "snapshot", "two");
    expect(findFaults(box.path("w"))).toEqual([]);
  },
);

test("Ctrl-C during a restore that saves unsaved work first", async () => {
  await using box = await start();
  const running = box.start("w", ["restore", "HEAD", "--json"]);
  await waitUntilBusy(box);
  running.kill("SIGINT");

  const { exit, out } = await running.ended;
  expect(exit).toBe(130);
  expect(JSON.parse(out)).toMatchObject({ error: { code: "E_INTERRUPTED", status: 130 } });
  expect(findFaults(box.path("w"))).toEqual([]);
  expect(await box.json("w", "history", "--kind", "safety")).toEqual([]);
});

test("Ctrl-C during status and diff", async () => {
  await using box = await start();
  for (const argv of [["status"], ["diff"]]) {
    const running = box.start("w", argv);
    await Bun.sleep(700); // It takes no lock: nothing tells when it is at work.
    running.kill("SIGINT");
    expect(await running.ended).toMatchObject({ exit: 130, out: "" });
  }
  expect(findFaults(box.path("w"))).toEqual([]);
});

/** What `sh -c` printed; `$JVS` is the program. */
function shell(box: Sandbox, script: string): { exit: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync("bash", ["-c", script], {
    cwd: box.path("w"),
    env: { PATH: process.env.PATH, HOME: box.path("home"), JVS: box.binary },
  });
  return { exit: status, out: stdout.toString(), err: stderr.toString() };
}

test("output into a reader that has seen enough is no failure", async () => {
  await using box = makeSandbox();
  const many = Array.from({ length: 5000 }, (_, index) => [`w/folder/${index}.txt`, `${index}\n`]);
  box.write(Object.fromEntries(many));
  await box.ok("w", "init");
  for (const command of ["status", "status --json", "diff --patch"])
    expect(
      shell(box, `"$JVS" ${command} | head -1 >/dev/null; echo \${PIPESTATUS[0]}`),
      command,
    ).toEqual({
      exit: 0,
      out: "0\n",
      err: "",
    });
  await box.ok("w", "snapshot", "one");
  writeFileSync(box.path("w/big.bin"), Buffer.alloc(3_000_000));
  await box.ok("w", "snapshot", "two");
  for (const command of ["ls HEAD -R", "show HEAD~", "cat HEAD big.bin", "diff HEAD~ HEAD --json"])
    expect(
      shell(box, `"$JVS" ${command} | head -c 1 >/dev/null; echo \${PIPESTATUS[0]}`),
      command,
    ).toEqual({
      exit: 0,
      out: "0\n",
      err: "",
    });
});

test("a command whose output cannot be written says so", async () => {
  await using box = makeSandbox({ "w/a.txt": "a" });
  await box.ok("w", "init");
  const full = shell(box, '"$JVS" status >/dev/full');
  expect(full).toEqual({ exit: 1, out: "", err: expect.stringMatching(/^jvs: .*no space left/) });
  expect(shell(box, '"$JVS" snapshot >&-').exit, "what was done stays done").not.toBe(70);
  expect(await box.json("w", "history")).toHaveLength(1);
  expect(shell(box, '"$JVS" snapshot 2>&- </dev/null && echo ok').out).toContain("ok");
});

test("UX-12 colour and progress are for terminals only", async ({ skip }) => {
  await using box = makeSandbox({ "w/a.txt": "a" });
  await box.ok("w", "init");
  await box.ok("w", "snapshot", "one");
  expect(await box.ok("w", "history")).not.toContain("\x1b");

  const onTerminal = (words: string, env = ""): string =>
    shell(box, `script -qec '${env} "$JVS" ${words}' /dev/null </dev/null`).out;
  if (spawnSync("script", ["--version"]).status !== 0) skip("script(1) is not there");
  expect(onTerminal("history")).toContain("\x1b[");
  for (const [words, env] of [
    ["history --no-color", ""],
    ["history", "NO_COLOR="],
    ["history", "TERM=dumb"],
    ["history --json", ""],
  ] as const)
    expect(onTerminal(words, env), `${env} ${words}`).not.toContain("\x1b[");
  truncateSync(box.path("w/a.txt"), 15e8);
  expect(onTerminal("status"), "longer than half a second").toMatch(/\r.*\d+%/);
  expect(onTerminal("status --no-progress")).not.toMatch(/\d+%/);
});
