import { expect, test } from "vitest";
import { makeSandbox } from "../sandbox.ts";

const LARGE = "x".repeat(3_000_000);

test("a folder with much in it is not taken for a large file", async () => {
  await using box = makeSandbox({ "w/sub/large": LARGE });
  await box.jvs("w", "init");
  await box.jvs("w", "snapshot", "A");

  box.write({ "w/new": "at the top" });
  expect((await box.jvs("w", "snapshot", "B")).exit).toBe(0);
  expect((await box.jvs("w", "cat", "HEAD", "new")).out).toBe("at the top");
  expect(await box.json("w", "status")).toMatchObject({ clean: true });

  box.write({ "w/sub/new": "further down" });
  expect((await box.jvs("w", "snapshot", "C")).exit).toBe(0);
  expect((await box.jvs("w", "cat", "HEAD", "sub/new")).out).toBe("further down");
});

test("undo of a restore brings a large file back", async () => {
  await using box = makeSandbox({ "w/large": LARGE });
  await box.jvs("w", "init");
  await box.jvs("w", "snapshot", "A");
  box.write({ "w/large": `${LARGE}more` });
  const edited = box.fingerprint("w");
  await box.jvs("w", "restore", "A");
  await box.jvs("w", "undo");
  expect(box.fingerprint("w")).toEqual(edited);
});
