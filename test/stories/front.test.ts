import { spawn } from "node:child_process";
import { expect, test } from "vitest";
import { encodeAnswer } from "../../src/repo/call-messages.ts";
import { fakeServer } from "../fake-server.ts";
import { makeSandbox, type Ran, type Sandbox } from "../sandbox.ts";

/** What runs before the runtime is there where it was built with a C compiler. */
const inFront = test.skipIf(JVS_NATIVE === "");

const ANSWER = encodeAnswer({
  pieces: [
    { fd: 1, bytes: Buffer.from("first\n") },
    { fd: 2, bytes: Buffer.from("warning\n") },
    { fd: 1, bytes: Buffer.from("last\n") },
  ],
  status: 7,
});

async function makeWorkspace(): Promise<Sandbox> {
  const box = makeSandbox({ "w/file": "text" });
  await box.ok("w", "init");
  await box.ok("w", "snapshot", "first");
  return box;
}

inFront("what a server answered is printed where it belongs, and ends as it says", async () => {
  await using box = await makeWorkspace();
  await using server = await fakeServer(box.path("w"), { answer: ANSWER });
  const { exit, out, err } = await server.served(() => box.jvs("w", "status"));
  expect({ exit, out, err }).toEqual({ exit: 7, out: "first\nlast\n", err: "warning\n" });
});

inFront("it is told all words and the environment, whatever is in them", async () => {
  await using box = await makeWorkspace();
  await using server = await fakeServer(box.path("w"), { answer: ANSWER });
  const words = ["--json", "snapshot", 'a "note"\\\n\ttab \x01\x7f äöü 😀', ""];
  await box.run("w", words, { env: { ODD: 'line\n"two"', EMPTY: "" } });
  const [call] = server.calls.map((line) => JSON.parse(line));
  expect(call.words).toEqual(words);
  expect(call.env).toMatchObject({ ODD: 'line\n"two"', EMPTY: "" });
  expect(`jvs ${call.program}\n`).toBe(await box.ok("w", "--version"));
});

inFront("an answer that is cut off anywhere, or of no known kind, is none", async () => {
  await using box = await makeWorkspace();
  const alone = await box.run("w", ["status"], { env: { JVS_SERVER: "off" } });
  expect(alone.exit).toBe(0);
  for (const length of [0, 1, 4, 5, 6, 10, 11, 12, 30, ANSWER.length - 1]) {
    await using server = await fakeServer(box.path("w"), { answer: ANSWER.subarray(0, length) });
    expect(await server.served(() => box.jvs("w", "status"))).toEqual(alone);
  }
  await using longer = await fakeServer(box.path("w"), {
    answer: Buffer.concat([ANSWER, Buffer.from("more")]),
  });
  expect(await longer.served(() => box.jvs("w", "status"))).toEqual(alone);
});

inFront.each([
  ["a piece that is longer than all", [1, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0]],
  ["a length that wraps", [1, 0xfb, 0xff, 0xff, 0xff, 1, 2, 3, 4, 5]],
  ["words for another file than stdout and stderr", [3, 1, 0, 0, 0, 65, 0, 0, 0, 0, 0]],
])("an answer with %s is none", async (_, bytes) => {
  await using box = await makeWorkspace();
  const alone = await box.run("w", ["status"], { env: { JVS_SERVER: "off" } });
  await using server = await fakeServer(box.path("w"), { answer: Buffer.from(bytes) });
  expect(await server.served(() => box.jvs("w", "status"))).toEqual(alone);
});

inFront.each([["undo"], ["redo"], ["restore", "HEAD"], ["--json", "undo"]])(
  "%s %s is not done again by the caller when the server ended over it",
  async (...argv) => {
    // Where the two do not agree it is done, and there is nothing left to undo: each time anew.
    const { exit, err, log } = await untilServed(argv);
    expect(exit).toBe(1);
    expect(err).toContain("Cannot tell how the command ended");
    expect(err).toContain("jvs operations");
    expect(log.trimEnd().split("\n").length).toBe(2);
  },
);

async function untilServed(argv: readonly string[]): Promise<Ran & { log: string }> {
  for (;;) {
    await using box = await makeWorkspace();
    await using server = await fakeServer(box.path("w"), { answer: ANSWER.subarray(0, 12) });
    const ran = await box.jvs("w", ...argv);
    if (server.agreed > 0) return { ...ran, log: await box.ok("w", "operations") };
  }
}

inFront("a closed output is the runtime's business", async () => {
  await using box = await makeWorkspace();
  await using server = await fakeServer(box.path("w"), { answer: ANSWER });
  for (const closed of [">&-", "2>&-", ">&- 2>&-"])
    expect((await show(box, `"$0" status ${closed}`)).status).toBe(0);
  expect(server.calls).toEqual([]);
});

inFront.each([
  ["says something else", "reads\n"],
  ["says more than that", "ready\nready\n"],
  ["says nothing", ""],
])("a server that %s is passed over", async (_, ready) => {
  await using box = await makeWorkspace();
  const alone = await box.run("w", ["status"], { env: { JVS_SERVER: "off" } });
  await using server = await fakeServer(box.path("w"), { ready, answer: ANSWER });
  expect(await box.jvs("w", "status")).toEqual(alone);
  expect(server.calls.length).toBe(1);
});

inFront(
  "commands that look at no workspace, and all where that is asked for, call nobody",
  async () => {
    await using box = await makeWorkspace();
    await using server = await fakeServer(box.path("w"), { answer: ANSWER });
    expect((await box.jvs("w", "info")).exit).toBe(0);
    expect((await box.jvs("w", "--json", "worktree", "list")).exit).toBe(0);
    expect((await box.jvs("w")).exit).toBe(0);
    expect((await box.run("w", ["status"], { env: { JVS_SERVER: "off" } })).exit).toBe(0);
    expect(server.calls).toEqual([]);
  },
);

inFront("it is found from any folder below", async () => {
  await using box = await makeWorkspace();
  box.write({ "w/a/b/c/file": "" });
  await using server = await fakeServer(box.path("w"), { answer: ANSWER });
  expect((await server.served(() => box.jvs("w/a/b/c", "st"))).exit).toBe(7);
  expect((await box.jvs(".", "st")).exit).not.toBe(7);
});

inFront("output that nothing takes is an error like any other", async () => {
  await using box = await makeWorkspace();
  const full = (words: string): Promise<Shown> => show(box, `"$0" ${words} > /dev/full`);
  const alone = await full("status");
  expect(alone.status).not.toBe(0);
  expect(await full("--version")).toEqual(alone);
  const answer = encodeAnswer({ pieces: [{ fd: 1, bytes: Buffer.from("text\n") }], status: 0 });
  await using server = await fakeServer(box.path("w"), { answer });
  expect(await server.served(() => full("status"))).toEqual(alone);
  await using other = await fakeServer(box.path("w"), { answer: ANSWER });
  expect(await other.served(() => full("status"))).toEqual({
    status: 7,
    out: "",
    err: "warning\n",
  });
});

inFront("a reader that has gone is no error, and a slow one gets all", async () => {
  await using box = await makeWorkspace();
  const bytes = Buffer.alloc(3 << 20, "0123456789\n");
  const pieces = [{ fd: 1, bytes }] as const;
  await using done = await fakeServer(box.path("w"), {
    answer: encodeAnswer({ pieces, status: 0 }),
  });
  const gone = `"$0" status | head -1; exit \${PIPESTATUS[0]}`;
  const first = { out: "0123456789\n", err: "" };
  expect(await done.served(() => show(box, gone))).toEqual({ status: 0, ...first });
  await using failed = await fakeServer(box.path("w"), {
    answer: encodeAnswer({ pieces, status: 5 }),
  });
  expect(await failed.served(() => show(box, gone))).toEqual({ status: 5, ...first });
  const call = `import os; os.set_blocking(1, False); os.execv('$0', ['jvs', 'status'])`;
  const slow = `python3 -c "${call}" | (sleep 0.2; wc -c); exit \${PIPESTATUS[0]}`;
  const all = { status: 5, out: `${bytes.length}\n`, err: "" };
  expect(await failed.served(() => show(box, slow))).toEqual(all);
});

interface Shown {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

/** What a line of bash comes to in the workspace, with the program as `$0`. */
async function show(box: Sandbox, line: string): Promise<Shown> {
  const child = spawn("bash", ["-c", line, box.binary], { cwd: box.path("w") });
  const shown = { out: "", err: "" };
  for (const name of ["out", "err"] as const)
    child[`std${name}`].on("data", (piece) => {
      shown[name] += piece;
    });
  return new Promise((resolve) => {
    child.on("close", (status) => resolve({ status, ...shown }));
  });
}
