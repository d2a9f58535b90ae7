import { expect, test } from "vitest";
import { type Desk, done, keysOf, openDesk } from "./open-desk.ts";

async function openStory(): Promise<Desk> {
  const desk = await openDesk();
  desk.write({ "a.txt": "1" });
  await desk.save("one");
  desk.write({ "a.txt": "22" });
  await desk.save("two");
  return desk;
}

test("undo of a restore says what was undone, and what takes it back", async () => {
  await using desk = await openStory();
  await desk.jvs("restore", "one");
  expect(await desk.jvs("undo")).toEqual(
    done(
      "Undid restore <short1> (operation 4 of <minute>)",
      "  The workspace is as it was before restore <short1>",
      "  In the workspace: 1 modified",
      "jvs redo takes this back.",
    ),
  );
  expect(await desk.jvs("redo")).toEqual(
    done(
      "Redid restore <short1> (operation 4 of <minute>)",
      "  The workspace is as it was after restore <short1>",
      "  In the workspace: 1 modified",
      "jvs undo takes this back.",
    ),
  );
});

test("undo of a snapshot leaves the files", async () => {
  await using desk = await openStory();
  expect(await desk.jvs("undo")).toEqual(
    done(
      "Undid snapshot <short2> (operation 3 of <minute>)",
      "  Snapshot <short2> is out of the history again; your files are as they were",
      "jvs redo takes this back.",
    ),
  );
  expect(await desk.jvs("history")).toEqual(
    done("<short1>  <minute>  one  [HEAD]", "◄── you are here (HEAD)"),
  );
  expect((await desk.jvs("status", "--json")).out).toContain('"modified": 1');
  expect((await desk.jvs("redo")).out).toContain("is in the history again");
  expect((await desk.jvs("status", "--json")).out).toContain('"clean": true');
});

test("its JSON", async () => {
  await using desk = await openStory();
  await desk.jvs("restore", "one");
  const files = await desk.jvs("undo", "--json");
  expect(keysOf(files.out)).toEqual([
    "seq",
    "operation",
    "target",
    "timestamp",
    "effect",
    "head",
    "restore",
  ]);
  expect(JSON.parse(files.out)).toMatchObject({
    seq: 4,
    operation: "restore",
    target: "<id1>",
    head: "<id2>",
    restore: { snapshot_id: "<id2>", detached: false, issues: [] },
  });
  const refs = await desk.jvs("undo", "--json");
  expect(JSON.parse(refs.out)).not.toHaveProperty("restore");
});
