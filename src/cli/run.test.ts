import { expect, test, vi } from "vitest";
import { JvsError } from "../model/errors.ts";
import { readInfo } from "../operations/read-info.ts";
import { COMMANDS, type CommandEntry, entryOfVerb, PURPOSES } from "./commands.ts";
import { makeIo, runCli } from "./fake-io.suite.ts";
import { run } from "./run.ts";

vi.mock("../operations/read-info.ts", () => ({ readInfo: vi.fn() }));

test("jvs alone shows what it is and what it can do", async () => {
  const { status, out, err } = await runCli([]);

  expect({ status, err }).toEqual({ status: 0, err: "" });
  expect(out).toMatch(/^JVS - workspace versioning: .*\n\nUsage:\n {2}jvs <command> /);
  for (const purpose of PURPOSES) expect(out).toContain(`\n${purpose}:\n`);
  for (const { name, summary } of COMMANDS)
    expect(out).toMatch(new RegExp(`^  ${name} +${RegExp.escape(summary)}$`, "m"));
  expect(out).toContain("\n  -h, --help         Show how the command is used\n");
  expect(await runCli(["--help"])).toEqual({ status, out, err });
  expect(await runCli(["help"])).toEqual({ status, out, err });
});

test("a command shows how it is used, however it is asked", async () => {
  const help = await runCli(["help", "diff"]);

  expect(help.status).toBe(0);
  expect(help.out).toMatchInlineSnapshot(`
    "Compare two snapshots, or one with the workspace.

    Usage:
      jvs diff [from [to]] [flags] [-- paths]

    Without a snapshot: the workspace against the one it stands on, or, when nothing
    is unsaved, the two newest snapshots. With one: that snapshot against the
    workspace. With two: one against the other. Paths and patterns behind -- narrow
    it down.

    Flags:
          --stat         Only the counts
          --name-status  Only a letter and the path, one a line
      -p, --patch        Also show the changed lines of text files

    Examples:
      jvs diff --patch               what changed since the last snapshot, line by
                                     line
      jvs diff v1.0 HEAD --stat      how much happened between two snapshots
      jvs diff HEAD~2 -- src '*.md'  some paths against an older snapshot

    Flags for every command:
          --json         Print one JSON value on stdout, also when the command fails
      -q, --quiet        Only results and failures: no progress, warnings, hints
          --no-progress  Show no progress
          --no-color     Print plain text (so does NO_COLOR)
          --debug        Show where a failure comes from
      -h, --help         Show how the command is used
          --version      Print the version of jvs
    "
  `);
  expect(await runCli(["diff", "-h"])).toEqual(help);
  expect(await runCli(["--help", "diff", "a", "b", "c"])).toEqual(help);
});

test("every command explains itself with examples", async () => {
  for (const { name, load } of await entriesWithVerbs()) {
    if (load === undefined) continue;
    const { out, status } = await runCli([...name.split(" "), "--help"]);
    const { examples } = await load();

    expect(status, name).toBe(0);
    expect(out, name).toContain(`  jvs ${name}`);
    expect(examples.length, name).toBeGreaterThan(1);
    // Scripts look for these words to tell failure from success.
    expect(out, name).not.toMatch(/error|panic/i);
  }
});

/** Every command; of nouns their verbs. */
async function entriesWithVerbs(): Promise<CommandEntry[]> {
  const lists = COMMANDS.map(async (entry) =>
    entry.loadVerbs === undefined
      ? [entry]
      : (await entry.loadVerbs()).map((verb) => entryOfVerb(entry, verb)),
  );
  return (await Promise.all(lists)).flat();
}

test.each([[["--version"]], [["version"]], [["status", "--version"]]])(
  "%j prints the version",
  async (words) => {
    expect(await runCli(words)).toEqual({ status: 0, out: "jvs 1.2.3\n", err: "" });
  },
);

test("help and version are JSON values when asked for", async () => {
  const version = await runCli(["--json", "--version"]);
  const help = await runCli(["help", "cat", "--json"]);
  const list = await runCli(["--json"]);

  expect(JSON.parse(version.out)).toEqual({ version: "1.2.3" });
  expect(JSON.parse(help.out)).toMatchObject({ name: "cat", usage: "jvs cat <ref> <path>" });
  expect(JSON.parse(list.out).commands[0]).toMatchObject({ name: "init" });
});

test("an unknown command with a close name", async () => {
  expect(await runCli(["snapshto"])).toEqual({
    status: 2,
    out: "",
    err: 'unknown command "snapshto" for "jvs"\n\nDid you mean this?\n\tsnapshot\n\n',
  });
});

test("an unknown command like no other", async () => {
  expect(await runCli(["xyzzy"])).toEqual({
    status: 2,
    out: "",
    err: 'unknown command "xyzzy" for "jvs"\n  Run jvs help to see the commands\n',
  });
});

test("help for what does not exist is a mistake, with the usage on stderr", async () => {
  const { status, out, err } = await runCli(["help", "bogus"]);

  expect({ status, out }).toEqual({ status: 2, out: "" });
  expect(err).toMatch(/^unknown help topic "bogus"\n\nJVS - workspace versioning/);
});

test.each([
  [["cat", "HEAD"], "accepts 2 arg(s), received 1"],
  [["restore"], "accepts 1 arg(s), received 0"],
  [["ls"], "accepts between 1 and 2 arg(s), received 0"],
  [["snapshot", "a", "b"], "accepts at most 1 arg(s), received 2"],
  [["snapshot", "a", "b"], "accepts at most 1 arg(s), received 2"],
  [["status", "--tga", "x"], "unknown flag: --tga"],
])("%j: %s", async (words, message) => {
  const { status, out, err } = await runCli(words);

  expect({ status, out, first: err.split("\n")[0] }).toEqual({
    status: 2,
    out: "",
    first: message,
  });
});

test("a mistake of usage is one JSON value on stdout, and words on stderr", async () => {
  const { status, out, err } = await runCli(["cat", "--json"]);

  expect({ status, err }).toEqual({ status: 2, err: "accepts 2 arg(s), received 0\n" });
  expect(JSON.parse(out)).toEqual({
    error: {
      code: "E_USAGE",
      message: "accepts 2 arg(s), received 0",
      hint: "",
      status: 2,
      details: {},
    },
  });
});

test("words that a command does not use are warned about, not refused", async () => {
  vi.mocked(readInfo).mockRejectedValue(new JvsError("stop", { code: "E_IO" }));

  const { err } = await runCli(["info", "more"]);
  const quiet = await runCli(["info", "more", "-q"]);

  expect(err).toBe('jvs: warning: "more" is not used by this command\njvs: stop\n');
  expect(quiet.err).toBe("jvs: stop\n");
});

test("the operation learns what the command line knows", async () => {
  vi.mocked(readInfo).mockRejectedValue(new JvsError("stop", { code: "E_IO" }));

  await runCli(["info"], { engine: "copy", lockTimeout: 7 });

  expect(vi.mocked(readInfo).mock.lastCall?.[0]).toMatchObject({
    cwd: "/here",
    home: "/home/ada",
    actor: { user: "ada", host: "engine", pid: 42 },
    version: "1.2.3",
    engine: "copy",
    lockTimeout: 7,
  });
});

test("a reader that has seen enough is no failure", async () => {
  const closed = Object.assign(new Error("write EPIPE"), { code: "EPIPE" });
  const err = vi.fn();
  const io = makeIo({
    out() {
      throw closed;
    },
    err,
  });

  expect(await run(["help"], io)).toBe(0);
  expect(err).not.toHaveBeenCalled();
});
