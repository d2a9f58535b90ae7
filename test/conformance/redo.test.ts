import { expect, test } from "vitest";
import { type Desk, openDesk } from "./open-desk.ts";

async function openStory(): Promise<Desk> {
  const desk = await openDesk();
  desk.write({ "a.txt": "1" });
  await desk.save("one");
  desk.write({ "a.txt": "22" });
  await desk.save("two");
  return desk;
}

test("nothing to undo, nothing to redo", async () => {
  await using desk = await openDesk();
  for (const command of ["undo", "redo"])
    expect(await desk.jvs(command)).toEqual({
      exit: 1,
      out: "",
      err: `jvs: Cannot ${command}: there is nothing to ${command}\n  \`jvs operations\` lists what was done here\n`,
    });
  const { out } = await desk.jvs("undo", "--json");
  expect(JSON.parse(out)).toMatchObject({ error: { code: "E_NOTHING_TO_UNDO", status: 1 } });
});

test("redo is over once something else was done", async () => {
  await using desk = await openStory();
  await desk.jvs("undo");
  await desk.save("another two");
  expect(await desk.jvs("redo")).toMatchObject({ exit: 1, out: "" });
});
