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

test("operations: newest first, and which one undo would take back", async () => {
  await using desk = await openStory();
  await desk.jvs("restore", "one");
  await desk.jvs("undo");
  expect(await desk.jvs("operations")).toEqual(
    done(
      "   5  <minute>  undo      <short2>  restore <short1>",
      "   4  <minute>  restore   <short1>",
      "   3  <minute>  snapshot  <short2>  two  <- jvs undo takes this back",
      "   2  <minute>  snapshot  <short1>  one",
      "   1  <minute>  init      <uuid>  novel",
    ),
  );
  expect((await desk.jvs("operations", "-n", "2")).out.split("\n").length).toBe(3);
});

test("IN-14 IN-18 a record of the log", async () => {
  await using desk = await openStory();
  const { out } = await desk.jvs("operations", "--json", "-n", "1");
  expect(keysOf(out)).toEqual([
    ...["seq", "event_id", "timestamp", "operation", "actor", "target", "reason", "refs"],
    ...["prev_hash", "record_hash"],
  ]);
  expect(JSON.parse(out)).toMatchObject([
    {
      seq: 3,
      timestamp: "<instant>",
      operation: "snapshot",
      actor: { user: "ada", host: expect.any(String), pid: expect.any(Number) },
      target: "<id2>",
      reason: "two",
      refs: { "main/head": ["<id1>", "<id2>"], "main/latest": ["<id1>", "<id2>"] },
      prev_hash: "<hash>",
      record_hash: "<hash>",
    },
  ]);
  expect(out, "no path of this machine").not.toContain("$BOX");
});

test("who asked for it is in the record: agent, session, tool call", async () => {
  await using desk = await openStory();
  const env = { JVS_AGENT: "coder", JVS_SESSION: "s1", JVS_TOOL_CALL: "t1" };
  await desk.box.run("novel/main", ["snapshot", "three"], { env });
  const { out } = await desk.jvs("operations", "--json", "-n", "1");
  expect(JSON.parse(out)).toMatchObject([
    { actor: { agent: "coder", session: "s1", tool_call: "t1" } },
  ]);
});
