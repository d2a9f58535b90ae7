import { expect, test } from "vitest";
import { type Desk, done, keysOf, openDesk } from "./open-desk.ts";

/** Three snapshots; the second has two tags, the third no note. */
async function openStory(): Promise<Desk> {
  const desk = await openDesk();
  for (const [text, ...argv] of [["1", "first draft"], ["2", "second", "--tag", "v1,rel"], ["3"]]) {
    desk.write({ "a.txt": text ?? "" });
    await desk.save(...argv);
  }
  return desk;
}

test("nothing saved yet", async () => {
  await using desk = await openDesk();
  expect(await desk.jvs("history")).toEqual(done("No snapshots yet."));
  expect(await desk.jvs("history", "--json")).toEqual(done("[]"));
});

test("newest first, with the place where one stands", async () => {
  await using desk = await openStory();
  expect(await desk.jvs("history")).toEqual(
    done(
      "<short3>  <minute>  (no note)  [HEAD]",
      "◄── you are here (HEAD)",
      "<short2>  <minute>  second  [v1,rel]",
      "<short1>  <minute>  first draft",
    ),
  );
});

test("from an older snapshot: its own past alone, and all of them with --all", async () => {
  await using desk = await openStory();
  await desk.jvs("restore", "second");
  expect(await desk.jvs("history")).toEqual(
    done(
      "<short2>  <minute>  second  [v1,rel]",
      "◄── you are here (detached)",
      "<short1>  <minute>  first draft",
    ),
  );
  expect(await desk.jvs("history", "--all")).toEqual(
    done(
      "<short3>  <minute>  (no note)",
      "<short2>  <minute>  second  [v1,rel]",
      "◄── you are here (detached)",
      "<short1>  <minute>  first draft",
    ),
  );
});

test("--all shows no place at the head, heeds the limit and runs at the repository's root", async () => {
  await using desk = await openStory();
  expect(await desk.jvs("history", "--all", "-n", "2")).toEqual(
    done("<short3>  <minute>  (no note)", "<short2>  <minute>  second  [v1,rel]"),
  );
  expect((await desk.at("novel", "history", "--all")).out.split("\n").length).toBe(4);
});

test("UX-30 filters act before the limit", async () => {
  await using desk = await openStory();
  const first = done("<short1>  <minute>  first draft");

  expect(await desk.jvs("history", "--grep", "first", "-n", "1")).toEqual(first);
  expect(await desk.jvs("history", "-g", "First")).toEqual(done("No snapshots found."));
  expect(await desk.jvs("history", "--tag", "rel", "-n1")).toEqual(
    done("<short2>  <minute>  second  [v1,rel]"),
  );
  expect(await desk.jvs("history", "--tag", "re")).toEqual(done("No snapshots found."));
  expect((await desk.jvs("history", "-n", "0")).out.split("\n").length).toBe(5);
  expect(await desk.jvs("history", "--tag", "none", "--json")).toEqual(done("[]"));
});

test("a negative limit shows none", async () => {
  await using desk = await openStory();
  expect(await desk.jvs("history", "-n", "-1")).toEqual(done("No snapshots found."));
});

test("its JSON is a list of snapshots", async () => {
  await using desk = await openStory();
  const { out } = await desk.jvs("history", "--json");
  const history = JSON.parse(out) as Record<string, unknown>[];

  expect(history.map(({ snapshot_id }) => snapshot_id)).toEqual(["<id3>", "<id2>", "<id1>"]);
  expect(keysOf(out).slice(0, 4)).toEqual([
    "snapshot_id",
    "parent_id",
    "worktree_name",
    "created_at",
  ]);
  expect(history[2]).not.toHaveProperty("parent_id");
});

test("no other word of a line looks like an id, whatever the note says", async () => {
  await using desk = await openDesk();
  await desk.save("first line\nsecond line");
  await desk.save("\x1b[31mred\x07");
  const { out } = await desk.jvs("history");

  expect(out).toContain("  first line ...\n");
  expect(out).not.toContain("\x1b");
  expect(out).not.toContain("\x07");
});

test("--kind tells them apart, and is checked", async () => {
  await using desk = await openStory();
  desk.write({ "a.txt": "unsaved" });
  const { out } = await desk.jvs("restore", "second", "--json");
  expect(JSON.parse(out)).toMatchObject({ safety_snapshot: "<id4>" });
  const safety = await desk.jvs("history", "--kind", "safety");

  expect(safety).toEqual(done("<short4>  <minute>  (no note)  (safety)"));
  expect(
    (await desk.jvs("history", "--kind", "all", "--json")).out.match(/"snapshot_id"/g),
  ).toHaveLength(4);
  expect(await desk.jvs("history", "--kind", "auto")).toEqual(done("No snapshots found."));
  expect(await desk.jvs("history", "--kind", "some")).toMatchObject({ exit: 2, out: "" });
});

test("words that it does not use are warned about", async () => {
  await using desk = await openStory();
  const { exit, err } = await desk.jvs("history", "everything", "-n", "1");
  expect({ exit, err }).toEqual({
    exit: 0,
    err: 'jvs: warning: "everything" is not used by this command\n',
  });
});
