import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { fingerprint } from "../fingerprint.ts";
import { findFaults } from "../repository.ts";
import { makeSandbox } from "../sandbox.ts";

/** Every command with every flag, in the order in which somebody may come to use them. */
test("a project from its first snapshot to its export", async () => {
  await using box = makeSandbox({ "desk/.keep": "" });
  const at = "desk/novel/main";
  await box.ok("desk", "init", "novel");
  expect(readdirSync(box.path("desk/novel")).sort()).toEqual([".jvs", "main"]);

  box.write({ [`${at}/chapter-1.txt`]: "It was a dark night.\n", [`${at}/img/map.bin`]: "\0\x01" });
  expect(await box.ok(at, "status")).toContain("no snapshot yet");
  expect(await box.ok(at, "history")).toBe("No snapshots yet.\n");
  const first = id(
    await box.ok(at, "snapshot", "first draft", "--tag", "v1,draft", "--meta", "author=ada"),
  );
  const one = box.fingerprint(at);

  writeFileSync(box.path(`${at}/chapter-1.txt`), "It was a dark night.\nThe end.\n");
  renameSync(box.path(`${at}/img/map.bin`), box.path(`${at}/map.bin`));
  expect(await box.ok(at, "diff", "--patch")).toContain("+The end.");
  expect(await box.ok(at, "diff", "--stat")).toMatch(
    /^Added: 0, Removed: 0, Modified: 1, Renamed: 1/,
  );
  expect(await box.ok(at, "diff", "--name-status")).toContain("R\timg/map.bin\tmap.bin\n");
  expect(await box.ok(at, "diff", "--name-status", "--", "*.txt")).toBe("M\tchapter-1.txt\n");
  box.write({ [`${at}/.note`]: "second draft\nwith two lines\n" });
  const second = id(await box.ok(at, "snapshot", "-F", ".note", "--tag", "v2"));
  const two = box.fingerprint(at);
  expect(await box.ok(at, "snapshot", "again", "--if-changed")).toContain("Nothing to snapshot");
  expect(await box.ok(at, "diff")).toMatch(
    new RegExp(`^Diff ${short(first)} -> ${short(second)}\n`),
  );
  expect(await box.ok(at, "diff", "v1", "HEAD", "--stat")).toContain("Modified: 1");

  expect(await box.ok(at, "history", "-n", "1")).toContain("second draft ...  [v2]  [HEAD]");
  expect(await box.ok(at, "history", "--tag", "draft")).toContain("first draft");
  expect(await box.ok(at, "history", "--grep", "first")).not.toContain("second");
  expect(await box.ok("desk/novel", "history", "--all")).toContain(short(second));
  expect(await box.ok(at, "show", "v1")).toContain("author: ada");
  expect(await box.ok(at, "ls", "v1")).toMatch(/chapter-1\.txt\ndrwx.* img\/\n$/);
  expect(await box.ok(at, "ls", "v1", "img")).toMatch(/ img\/map\.bin\n$/);
  expect(await box.ok(at, "ls", "HEAD", "-R")).toContain("map.bin");
  expect(await box.ok(at, "cat", "v1", "chapter-1.txt")).toBe("It was a dark night.\n");
  expect((await box.jvs(at, "cat", "v2", "map.bin")).bytes).toEqual(Buffer.from("\0\x01"));

  expect(await box.ok(at, "restore", "v1", "--dry-run")).toContain("Nothing was changed");
  expect(box.fingerprint(at)).toEqual(two);
  expect(await box.ok(at, "restore", "v1")).toContain("DETACHED");
  expect(box.fingerprint(at)).toEqual(one);
  expect(await box.ok(at, "undo")).toContain("Undid restore");
  expect(box.fingerprint(at)).toEqual(two);
  expect(await box.ok(at, "redo")).toContain("Redid restore");
  expect(box.fingerprint(at)).toEqual(one);
  expect(await box.ok(at, "restore", "HEAD")).toContain("Restored to latest snapshot");
  await box.ok(at, "restore", "v1", "--", "chapter-1.txt");
  expect(readFileSync(box.path(`${at}/chapter-1.txt`), "utf8")).toBe("It was a dark night.\n");
  expect(await box.ok(at, "restore", "HEAD")).toContain("kept in safety snapshot");
  box.write({ [`${at}/chapter-1.txt`]: "nonsense" });
  expect(await box.ok(at, "restore", "HEAD", "--discard")).not.toContain("safety");
  expect(box.fingerprint(at)).toEqual(two);
  expect(await box.ok(at, "history", "--kind", "safety")).toContain("(safety)");

  await box.ok(at, "export", "v1", box.path("desk/copy"));
  expect(fingerprint(box.path("desk/copy"), { skip: "" })).toEqual(one);
  await box.ok(at, "export", "HEAD", "../../two.tar");
  const tar = spawnSync("tar", ["-tf", box.path("desk/two.tar")]);
  expect(tar.stdout.toString().split("\n").sort()).toContain("map.bin");
  expect(await box.ok(at, "operations", "-n", "0")).toMatch(/\n +1 .* init +\S+\s*novel\n$/);
  expect(await box.ok(at, "info")).toContain("Layout: project");
  expect(await box.ok(at, "help")).toContain("workspace versioning");
  expect(await box.ok(at, "--version")).toMatch(/^jvs \d+\.\d+\.\d+/);
  expect(findFaults(box.path("desk/novel"))).toEqual([]);
});

test("every command speaks JSON, and nothing else, with --json", async () => {
  await using box = makeSandbox({ "w/a.txt": "a\n", "w/b.txt": "b\n" });
  const asked: string[][] = [
    ["init"],
    ["status"],
    ["snapshot", "one", "--tag", "t"],
    ["history"],
    ["diff"],
    ["diff", "--patch", "HEAD"],
    ["show", "HEAD"],
    ["ls", "HEAD"],
    ["cat", "HEAD", "a.txt"],
    ["restore", "HEAD", "--dry-run"],
    ["restore", "HEAD"],
    ["snapshot", "two"],
    ["undo"],
    ["redo"],
    ["export", "HEAD", "../copy"],
    ["operations"],
    ["info"],
    ["help"],
    ["help", "diff"],
    ["--version"],
  ];
  for (const argv of asked) {
    const { exit, out, err } = await box.jvs("w", ...argv, "--json");
    expect({ exit, err }, argv.join(" ")).toEqual({ exit: 0, err: "" });
    expect(`${JSON.stringify(JSON.parse(out), null, 2)}\n`, argv.join(" ")).toBe(out);
  }
});

test("a folder that is taken in place keeps all that is in it, and its git repository", async () => {
  await using box = makeSandbox({ "w/.git/config": "[core]\n", "w/src/main.c": "int main;\n" });
  const before = box.fingerprint("w");

  await box.ok("w", "init");
  expect(box.fingerprint("w")).toEqual(before);
  expect(readFileSync(box.path("w/.jvs/.gitignore"), "utf8")).toBe("*\n");
  await box.ok("w/src", "snapshot", "from a folder below");
  rmSync(box.path("w/.git"), { recursive: true });
  await box.ok("w", "restore", "HEAD");
  expect(box.fingerprint("w")).toEqual(before);
});

test("notes come from a word, a file or a pipe", async () => {
  await using box = makeSandbox({ "w/note.txt": "from a file\n" });
  await box.ok("w", "init");
  await box.ok("w", "snapshot");
  await box.ok("w", "snapshot", "word", "-F", "note.txt");
  await box.run("w", ["snapshot", "-"], { input: "\r\n  from a pipe\nand more \n\n" });
  await box.run("w", ["snapshot", "-F", "-"], { input: "long ".repeat(40_000) });

  const history = await box.json<{ note?: string }[]>("w", "history");
  expect(history.map(({ note }) => note)).toEqual([
    expect.stringMatching(/^(long ){40000}$/),
    "from a pipe\nand more",
    "from a file\n",
    undefined,
  ]);
  await box.ok("w", "snapshot", "IN-06 a note of any size keeps the log going");
  expect(findFaults(box.path("w"))).toEqual([]);
});

test("a snapshot is found by id, its parts, tag, note, HEAD and time", async () => {
  await using box = makeSandbox({ "w/a.txt": "1" });
  await box.ok("w", "init");
  const first = id(await box.ok("w", "snapshot", "the beginning", "--tag", "v1.0"));
  box.write({ "w/a.txt": "2" });
  const second = id(await box.ok("w", "snapshot", "the middle", "--tag", "same"));
  const third = id(await box.ok("w", "snapshot", "other end", "--tag", "same"));

  const found = async (ref: string): Promise<string> => {
    const shown = await box.json<{ snapshot_id: string }>("w", "show", ref);
    return shown.snapshot_id;
  };
  for (const ref of [
    first,
    short(first),
    short(first).slice(0, 6),
    "v1.0",
    "v1",
    "the beg",
    "HEAD~2",
  ])
    expect(await found(ref), ref).toBe(first);
  for (const ref of [second, "HEAD~", "HEAD~1", "HEAD^", "the m"])
    expect(await found(ref), ref).toBe(second);
  for (const ref of ["HEAD", "@", "HEAD~0", "@{now}", "@{0 seconds ago}"])
    expect(await found(ref), ref).toBe(third);
  expect(await found("same"), "UX-03 the newest of two with one tag").toBe(third);

  const ambiguous = await box.jvs("w", "show", "the");
  expect(ambiguous.exit).toBe(1);
  expect(ambiguous.err).toContain(`${short(first)}  ${first}  the beginning`);
  expect(ambiguous.err).toContain(short(second));
});

test("an export never writes over anything", async () => {
  await using box = makeSandbox({ "w/a": "a", "taken/file": "mine", "taken.tar": "mine" });
  await box.ok("w", "init");
  await box.ok("w", "snapshot");
  for (const target of ["../taken", "../taken.tar", "../taken/file"]) {
    const { exit, err } = await box.jvs("w", "export", "HEAD", target);
    expect({ exit, err }).toEqual({ exit: 1, err: expect.stringContaining("already there") });
  }
  await box.ok("w", "export", "HEAD", "../empty");
  expect(readdirSync(box.path()).sort()).toEqual(["empty", "home", "taken", "taken.tar", "w"]);
  expect(existsSync(box.path("empty/.jvs")), "DL-14 no control files in content").toBe(false);
});

function id(created: string): string {
  return /\d{13}-[0-9a-f]{8}/.exec(created)?.[0] ?? "";
}

function short(snapshot: string): string {
  return snapshot.slice(14);
}
