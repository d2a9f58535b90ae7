import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Fingerprint } from "../fingerprint.ts";
import { findFaults } from "../repository.ts";
import { makeSandbox, type Sandbox } from "../sandbox.ts";

const ROOT = join(import.meta.dirname, "../..");

test("every fail point of the program is tried somewhere", () => {
  const sources = readTexts("src", (name) => !/\.(test|suite)\.ts$/.test(name));
  const points = sources.matchAll(/\bfailPoint\("([^"]+)"\)/g);
  const tests =
    readTexts("test", () => true) + readTexts("src", (name) => /\.test\.ts$/.test(name));

  const untried = [...points].flatMap(([, name = ""]) =>
    new RegExp(`["'\`]${name}["'\`:]`).test(tests) ? [] : [name],
  );
  expect(untried).toEqual([]);
});

function readTexts(folder: string, isWanted: (name: string) => boolean): string {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts") && isWanted(name))
    .map((name) => readFileSync(join(ROOT, folder, name), "utf8"))
    .join("\n");
}

const FILES = 400;

/** A kill may come between any two instructions: here it comes at random moments. */
test("a kill at any moment leaves the old state or the new one", async () => {
  await using box = makeSandbox();
  box.write(makeFiles("one"));
  await box.jvs("w", "init");
  await box.jvs("w", "snapshot", "one");
  const one = box.fingerprint("w");
  box.write(makeFiles("two"));
  await box.jvs("w", "snapshot", "two");
  const two = box.fingerprint("w");
  const took = await timeOf(() => box.jvs("w", "restore", "one"));

  let isAtOne = true;
  for (let round = 0; round < 24; round++) {
    const goal: string = isAtOne ? "two" : "one";
    const before = isAtOne ? one : two;
    await killAfter(box, ["restore", goal], took * 1.1 * Math.random());
    expect((await box.jvs("w", "status")).exit).toBe(0);

    const now = box.fingerprint("w");
    const isThere = same(now, goal === "one" ? one : two);
    if (!isThere) expect(now, `round ${round}`).toEqual(before);
    if (isThere) isAtOne = goal === "one";
    expect(findFaults(box.path("w"))).toEqual([]);
  }
});

test("a snapshot that is killed at any moment is there or never was", async () => {
  await using box = makeSandbox();
  box.write(makeFiles("one"));
  await box.jvs("w", "init");
  const took = await timeOf(() => box.jvs("w", "snapshot", "first"));

  const notes = ["first"];
  for (let round = 0; round < 16; round++) {
    box.write({ "w/0.txt": `round ${round}`, [`w/${round}.new`]: `new ${round}` });
    const seen = box.fingerprint("w");
    await killAfter(box, ["snapshot", `n${round}`], took * 1.1 * Math.random());
    const history = await box.json<{ note: string }[]>("w", "history");
    if (history.length > notes.length) notes.unshift(`n${round}`);
    expect(history.map(({ note }) => note)).toEqual(notes);
    expect(box.fingerprint("w")).toEqual(seen);
    expect(findFaults(box.path("w"))).toEqual([]);
  }
});

function makeFiles(text: string): Record<string, string> {
  const files = Array.from({ length: FILES }, (_, index) => [
    `w/folder-${index % 7}/${text}-${index % 3}-${index}.txt`,
    `${text} ${index}`,
  ]);
  return { ...Object.fromEntries(files), "w/0.txt": text };
}

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

async function killAfter(box: Sandbox, argv: readonly string[], ms: number): Promise<void> {
  const running = box.start("w", argv);
  await Bun.sleep(ms);
  running.kill("SIGKILL");
  await running.ended;
}

function same(one: Fingerprint, other: Fingerprint): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
