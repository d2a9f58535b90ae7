import { rmSync } from "node:fs";
import { expect, test } from "vitest";
import { readIndex } from "../../src/tree/index-file.ts";
import { makeSandbox } from "../sandbox.ts";

const FILES = Object.fromEntries(
  Array.from({ length: 40 }, (_, at) => [`w/d${at % 4}/f${at}`, `content ${at}`]),
);

test("what status could not know of an index that was lost, the next snapshot learns for good", async () => {
  await using box = makeSandbox(FILES);
  const index = box.path("w/.jvs/cache/index.main");
  const unstored = (): number => readIndex(index)?.unstored ?? -1;
  await box.ok("w", "init");
  await box.ok("w", "snapshot", "one");
  expect(unstored()).toBe(0);
  rmSync(index);
  await box.ok("w", "status");
  expect(unstored()).toBe(40);
  expect(await box.ok("w", "snapshot", "--if-changed")).toContain("Nothing to snapshot");
  expect(unstored()).toBe(0);
});
