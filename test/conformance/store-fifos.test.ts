import { readdirSync, rmSync } from "node:fs";
import { expect, test } from "vitest";
import { makeSandbox } from "../sandbox.ts";
import { makeFifo } from "../system-calls.ts";

test.each([
  ["objects/packs", ".pack"],
  ["objects/packs", ".idx"],
  ["cache", "index.main"],
])("a fifo in %s in the place of a file %s holds nobody up", async (folder, end) => {
  await using box = makeSandbox({ "w/a": "a" });
  await box.ok("w", "init");
  await box.ok("w", "snapshot", "one");
  const at = box.path(`w/.jvs/${folder}`);
  const names = readdirSync(at).filter((name) => name.endsWith(end));
  expect(names).not.toEqual([]);
  for (const name of names) {
    rmSync(`${at}/${name}`, { force: true });
    makeFifo(`${at}/${name}`, 0o600);
  }
  box.write({ "w/a": "another" });
  for (const argv of [
    ["status"],
    ["snapshot", "two"],
    ["verify", "--all"],
    ["doctor", "--strict"],
  ]) {
    const { exit, out, err } = await box.jvs("w", ...argv);
    expect([argv, exit, out + err]).toEqual([
      argv,
      expect.any(Number),
      expect.not.stringMatching("internal"),
    ]);
    expect(exit).not.toBe(70);
  }
});
