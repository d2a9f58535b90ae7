import { chmodSync, mkdirSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { expect, test } from "vitest";
import { type Desk, done, keysOf, MAIN, openDesk } from "./open-desk.ts";

/** Two snapshots, with one change of each kind that the older jvs knew. */
async function openStory(): Promise<Desk> {
  const desk = await openDesk();
  desk.write({ "edit.txt": "one\ntwo\n", "gone.txt": "gone\n", "same-size.txt": "abc" });
  await desk.save("one");
  desk.write({ "edit.txt": "one\n2\nthree\n", "new.txt": "new\n", "same-size.txt": "xyz" });
  rmSync(desk.box.path(`${MAIN}/gone.txt`));
  await desk.save("two");
  return desk;
}

const SECTIONS = [
  "Added (1):",
  "  + new.txt",
  "",
  "Removed (1):",
  "  - gone.txt",
  "",
  "Modified (2):",
  "  ~ edit.txt (8 -> 12 bytes)",
  "  ~ same-size.txt",
  "",
];

test("two snapshots", async () => {
  await using desk = await openStory();
  const expected = done(
    "Diff <short1> -> <short2>",
    "From: <second>",
    "To:   <second>",
    "",
    ...SECTIONS,
  );

  expect(await desk.jvs("diff", "one", "two")).toEqual(expected);
  expect(await desk.jvs("diff"), "nothing unsaved: the two newest").toEqual(expected);
  expect(await desk.jvs("diff", "HEAD~", "HEAD")).toEqual(expected);
});

test("UX-07 against the workspace", async () => {
  await using desk = await openStory();
  const one = await desk.jvs("diff", "one");
  expect(one).toEqual(
    done("Diff <short1> -> workspace", "From: <second>", "To:   now", "", ...SECTIONS),
  );

  desk.write({ "new.txt": "edited\n" });
  expect(await desk.jvs("diff")).toEqual(
    done(
      ...["Diff <short2> -> workspace", "From: <second>", "To:   now", ""],
      ...["Modified (1):", "  ~ new.txt (4 -> 7 bytes)", ""],
    ),
  );
});

test("no difference, and nothing to compare with", async () => {
  await using desk = await openDesk();
  expect(await desk.jvs("diff")).toMatchObject({
    exit: 0,
    out: expect.stringContaining("No changes.\n"),
  });
  await desk.save("one");
  await desk.save("two");
  expect(await desk.jvs("diff", "one", "two")).toEqual(
    done("Diff <short1> -> <short2>", "From: <second>", "To:   <second>", "", "No changes."),
  );
});

test("--stat and --name-status", async () => {
  await using desk = await openStory();
  expect(await desk.jvs("diff", "one", "two", "--stat")).toEqual(
    done("Added: 1, Removed: 1, Modified: 2"),
  );
  expect(await desk.jvs("diff", "one", "two", "--name-status")).toEqual(
    done("A\tnew.txt", "D\tgone.txt", "M\tedit.txt", "M\tsame-size.txt"),
  );
});

test("PE-13 --patch shows lines, and one line counts as one", async () => {
  await using desk = await openDesk();
  const lines = Array.from({ length: 30 }, (_, index) => `line ${index}`);
  desk.write({ "a.txt": `${lines.join("\n")}\n`, "b.bin": "\0one" });
  await desk.save("one");
  desk.write({ "a.txt": `inserted\n${lines.join("\n")}\n`, "b.bin": "\0two", "c.txt": "new" });

  const { out } = await desk.jvs("diff", "--patch");
  expect(out.slice(out.indexOf("\n---") + 1)).toBe(
    [
      ...[
        "--- a/a.txt",
        "+++ b/a.txt",
        "@@ -1,3 +1,4 @@",
        "+inserted",
        " line 0",
        " line 1",
        " line 2",
      ],
      ...["", "Binary file b.bin differs"],
      ...[
        "",
        "--- /dev/null",
        "+++ b/c.txt",
        "@@ -0,0 +1,1 @@",
        "+new",
        "\\ No newline at end of file",
        "",
        "",
      ],
    ].join("\n"),
  );
  const { patches } = JSON.parse((await desk.jvs("diff", "--patch", "--json")).out);
  expect(patches).toMatchObject([
    { path: "a.txt", kind: "text", added_lines: 1, removed_lines: 0 },
    { path: "b.bin", kind: "binary", text: "" },
    { path: "c.txt", kind: "text", added_lines: 1 },
  ]);
});

test("lines of a file that is another one altogether are not compared, those of a new one are shown", async () => {
  const desk = await openDesk();
  const lines = (word: string): string =>
    Array.from({ length: 5000 }, (_, at) => `${word} ${at}\n`).join("");
  desk.write({ "other.txt": lines("old"), "few.txt": lines("same") });
  await desk.save("one");
  desk.write({
    "other.txt": lines("new"),
    "few.txt": `first\n${lines("same")}`,
    "came.txt": lines("x"),
  });
  const { patches } = JSON.parse((await desk.jvs("diff", "--patch", "--json")).out);
  expect(patches).toMatchObject([
    { path: "came.txt", kind: "text", added_lines: 5000, removed_lines: 0 },
    { path: "few.txt", kind: "text", added_lines: 1, removed_lines: 0 },
    { path: "other.txt", kind: "too-large" },
  ]);
});

test("a patch is one that patch(1) can use", async ({ skip }) => {
  await using desk = await openStory();
  const { out } = await desk.box.jvs(MAIN, "diff", "two", "one", "--patch");
  const { exitCode } = Bun.spawnSync(["patch", "-p1", "-s"], {
    cwd: desk.box.path(MAIN),
    stdin: Buffer.from(out),
  });
  if (exitCode === null) skip("patch(1) is not there");
  expect(await desk.jvs("diff", "one", "--name-status", "--", "edit.txt")).toMatchObject({
    out: "T\tedit.txt\n",
  });
});

test("UX-08 renames, modes, folders, links and kinds have lists of their own", async () => {
  await using desk = await openDesk();
  const at = (name: string): string => desk.box.path(`${MAIN}/${name}`);
  desk.write({ "old.txt": "renamed", "mode.sh": "m", kind: "k" });
  await desk.save("one");
  renameSync(at("old.txt"), at("new.txt"));
  chmodSync(at("mode.sh"), 0o4755);
  rmSync(at("kind"));
  symlinkSync("new.txt", at("kind"));
  mkdirSync(at("empty"));
  await desk.save("two");

  expect(await desk.jvs("diff")).toEqual(
    done(
      ...["Diff <short1> -> <short2>", "From: <second>", "To:   <second>", ""],
      ...["Added (1):", "  + empty/", ""],
      ...["Modified (1):", "  ~ kind (file -> symlink)", ""],
      ...["Renamed (1):", "  > old.txt -> new.txt", ""],
      ...["Metadata (1):", "  = mode.sh (mode 0644 -> 4755)", ""],
    ),
  );
  expect(await desk.jvs("diff", "--name-status")).toEqual(
    done("A\tempty", "M\tkind", "R\told.txt\tnew.txt", "T\tmode.sh"),
  );
  const { metadata, modified } = JSON.parse((await desk.jvs("diff", "--json")).out);
  expect(metadata).toMatchObject([{ path: "mode.sh", mode: 0o755 + 2 ** 23, old_mode: 0o644 }]);
  expect(modified).toMatchObject([{ path: "kind", mode: 0o777 + 2 ** 27, is_symlink: true }]);
});

test("its JSON: known keys first, zero values absent, lists sorted by path bytes", async () => {
  await using desk = await openStory();
  const { out } = await desk.jvs("diff", "one", "two", "--json", "--stat");
  expect(keysOf(out)).toEqual([
    ...[
      "from_snapshot_id",
      "to_snapshot_id",
      "from_time",
      "to_time",
      "added",
      "removed",
      "modified",
    ],
    ...["total_added", "total_removed", "total_modified"],
    ...["compared", "renamed", "metadata", "total_renamed", "total_metadata"],
  ]);
  const diff = JSON.parse(out);
  expect(diff).toMatchObject({
    from_snapshot_id: "<id1>",
    to_snapshot_id: "<id2>",
    total_modified: 2,
    added: [{ path: "new.txt", type: "added", mode: 0o644, size: 4 }],
    removed: [{ path: "gone.txt", type: "removed", old_size: 5 }],
  });
  expect(Object.keys(diff.modified[0]).slice(0, 7)).toEqual([
    "path",
    "type",
    "mode",
    "size",
    "old_size",
    "old_hash",
    "new_hash",
  ]);
  expect(diff.added[0]).not.toHaveProperty("is_symlink");
  expect(diff.added[0]).not.toHaveProperty("old_size");
  desk.write({ "new.txt": "x" });
  expect(JSON.parse((await desk.jvs("diff", "--json")).out)).toMatchObject({
    to_snapshot_id: null,
    to_time: null,
  });
});

test("paths narrow it down", async () => {
  await using desk = await openDesk();
  await desk.save("one");
  desk.write({ "src/a.c": "a", "src/deep/b.c": "b", "doc/c.md": "c", "d.md": "d" });
  const names = async (folder: string, ...paths: string[]): Promise<string[]> => {
    const { out } = await desk.at(`${MAIN}${folder}`, "diff", "--name-status", "--", ...paths);
    return out.split("\n").flatMap((line) => line.split("\t")[1] ?? []);
  };

  expect(await names("", "src")).toEqual(["src/a.c", "src/deep/b.c"]);
  expect(await names("", "*.md")).toEqual(["d.md"]);
  expect(await names("", "**/*.md", "src/a.c")).toEqual(["d.md", "doc/c.md", "src/a.c"]);
  expect(await names("/src", "deep")).toEqual(["src/deep/b.c"]);
  expect(await names("/src", "../d.md")).toEqual(["d.md"]);
});

test("refs that do not fit", async () => {
  await using desk = await openStory();
  expect(await desk.jvs("diff", "a", "b", "c")).toMatchObject({
    exit: 2,
    out: "",
    err: expect.stringMatching(/^jvs: too many arguments\n/),
  });
  expect(await desk.jvs("diff", "nope", "one")).toMatchObject({
    exit: 1,
    out: "",
    err: expect.stringContaining("nope"),
  });
});

test("safety snapshots never count as one of the two newest", async () => {
  await using desk = await openStory();
  desk.write({ "edit.txt": "unsaved" });
  await desk.jvs("restore", "HEAD");
  expect((await desk.jvs("diff")).out).toMatch(/^Diff <short1> -> <short2>\n/);
});
