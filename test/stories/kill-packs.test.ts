import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fingerprint } from "../fingerprint.ts";
import { runInProcess } from "../in-process.ts";
import { findFaults } from "../repository.ts";
import { makeSandbox, type Sandbox } from "../sandbox.ts";
import { PACKS } from "./kill-points.ts";

/** More snapshots than small packs are left alone. */
const MANY = 20;

test.each(PACKS)("packs are brought together; a kill at %s loses nothing", async (failPoint) => {
  await using box = makeSandbox();
  const states = await takeMany(box);

  const { signal } = await box.run("w", ["snapshot", "last"], { failPoint });
  expect(signal).toBe("SIGKILL");
  expect((await box.jvs("w", "status")).out).toContain("as in");
  expect((await box.jvs("w", "snapshot", "after")).exit).toBe(0);

  expect(findFaults(box.path("w"))).toEqual([]);
  const packs = readdirSync(box.path("w/.jvs/objects/packs"));
  expect(packs.filter((name) => name.endsWith(".pack")).length).toBeLessThan(10);
  for (const [note, state] of states) {
    await box.jvs("w", "export", note, `../${note}`);
    expect(fingerprint(box.path(note), { skip: "" })).toEqual(state);
  }
});

/** Takes so many snapshots that the next one brings packs together; gives some states to come back to. */
async function takeMany(box: Sandbox): Promise<[note: string, state: readonly string[]][]> {
  const folder = box.path("w");
  mkdirSync(folder);
  await runInProcess(folder, ["init"]);
  const states: [string, readonly string[]][] = [];
  for (let index = 0; readdirSync(join(folder, ".jvs/objects/packs")).length < 32; index++) {
    expect(index).toBeLessThan(MANY);
    writeFileSync(join(folder, "changes.txt"), `state ${index}`);
    writeFileSync(join(folder, `file-${index}.txt`), `content of ${index}`);
    const { exit, err } = await runInProcess(folder, ["snapshot", `n${index}`]);
    expect({ exit, err }).toEqual({ exit: 0, err: "" });
    if (index % 4 === 0) states.push([`n${index}`, fingerprint(folder)]);
  }
  writeFileSync(join(folder, "changes.txt"), "the last one");
  return states;
}
