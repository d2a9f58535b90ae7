import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runInProcess } from "../in-process.ts";
import { makeSandbox, type Sandbox } from "../sandbox.ts";

const ESCAPE = "\u001b[31m";

/** A repository with its settings. */
async function makeBox(settings: string): Promise<Sandbox> {
  const box = makeSandbox({ "w/a": "a" });
  await box.ok("w", "init");
  await box.ok("w", "snapshot", "first");
  writeFileSync(box.path("w/.jvs/config.yaml"), settings);
  return box;
}

test("output_format json holds for words that make no sense, too: one value on stdout", async () => {
  await using box = await makeBox("output_format: json\n");
  for (const words of [["bogus"], ["snapshot", "--bogus"], ["help", "bogus"], ["wt", "bogus"]]) {
    const ran = await box.jvs("w", ...words);
    expect(ran.exit, words.join(" ")).toBe(2);
    expect(JSON.parse(ran.out), words.join(" ")).toMatchObject({ error: { code: "E_USAGE" } });
  }
  const plain = await box.jvs("w", "snapshot", "--bogus", "--json=false");
  expect(plain).toMatchObject({ exit: 2, out: "" });
});

test("output_format json leaves alone what a shell or a person reads: completion, help, version", async () => {
  await using box = await makeBox("output_format: json\n");
  const script = await box.jvs("w", "completion", "bash");
  expect(script.out).toBe((await box.jvs(".", "completion", "bash")).out);
  expect((await box.jvs("w", "__complete", "sna")).out).toMatch(/^snapshot\t/);
  expect((await box.jvs("w", "--version")).out).toMatch(/^jvs /);
  expect((await box.jvs("w", "help", "diff")).out).toContain("Usage:\n");
  expect((await box.jvs("w", "diff", "--help")).out).toContain("Usage:\n");
  expect(JSON.parse((await box.jvs("w", "completion", "bash", "--json")).out)).toHaveProperty(
    "script",
  );
  expect(JSON.parse((await box.jvs("w", "version", "--json")).out)).toHaveProperty("version");
});

test("what others wrote cannot steer the terminal, in results, messages, hints and warnings", async () => {
  await using box = makeSandbox();
  const odd = `odd${ESCAPE}`;
  mkdirSync(box.path(odd));
  box.write({ [`${odd}/a`]: "a" });
  await box.jvs(odd, "init");
  await box.jvs(odd, "snapshot", `same${ESCAPE} one`, "--tag", "same1");
  box.write({ [`${odd}/a`]: "b" });
  await box.jvs(odd, "snapshot", `same${ESCAPE} two`, "--tag", "same2");
  const tries = [
    ["restore", ESCAPE],
    ["diff", ESCAPE],
    ["show", "same"],
    ["show", "ame"],
    ["cat", "HEAD", ESCAPE],
    ["worktree", "create", "w1", "--path", `../w1${ESCAPE}`],
    ["worktree", "list"],
    ["info"],
    ["status"],
    ["history"],
    ["history", ESCAPE],
    ["bogus", ESCAPE],
    [ESCAPE],
    ["restore", "HEAD", `--dry-run=${ESCAPE}`],
    ["export", "HEAD", `../out${ESCAPE}`],
  ];
  for (const words of tries) {
    const { out, err } = await box.jvs(odd, ...words);
    expect(out + err, words.join(" ")).not.toBe("");
    expect(out + err, words.join(" ")).not.toContain("\u001b");
  }
  // For programs the path is what it is.
  const path = `${box.path(odd)}\n`;
  expect((await box.jvs(odd, "worktree", "path")).out).toBe(path);
});

test("a terminal that cannot rewrite a line gets no progress", async () => {
  await using box = await makeBox("");
  const slow = (): (() => number) => {
    let now = 0;
    return () => (now += 1000);
  };
  const look = async (isDumb: boolean): Promise<string> => {
    const changes = { errIsTerminal: true, isDumb, ticks: slow() };
    return (await runInProcess(join(box.root, "w"), ["verify", "--all"], changes)).err;
  };
  expect(await look(false)).toContain("\r\u001b[K");
  expect(await look(true)).toBe("");
});

test("in a folder that was deleted jvs says so, in its own words, and what needs no folder works", async () => {
  await using box = makeSandbox();
  mkdirSync(box.path("gone"));
  const run = async (...words: string[]): Promise<{ out: string; err: string; exit: number }> => {
    const script = 'cd "$1" && rmdir "$1" && mkdir "$1" && shift && exec "$@"';
    const argv = ["sh", "-c", script, "sh", box.path("gone"), box.binary, ...words];
    const child = Bun.spawn(argv, { stdout: "pipe", stderr: "pipe" });
    const [out, err] = [
      await new Response(child.stdout).text(),
      await new Response(child.stderr).text(),
    ];
    return { out, err, exit: await child.exited };
  };
  expect(await run("--version")).toMatchObject({ exit: 0, err: "" });
  expect(await run("help", "status")).toMatchObject({ exit: 0, err: "" });
  const failed = await run("status", "--json");
  expect(failed.exit).toBe(10);
  expect(JSON.parse(failed.out)).toMatchObject({ error: { code: "E_NO_REPOSITORY", status: 10 } });
  expect(failed.err).toMatch(
    /^jvs: cannot get current directory: getwd: no such file or directory\n/,
  );
});
