import { randomBytes } from "node:crypto";
import { chmodSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { expect, test } from "vitest";
import { flipByte } from "../damage.ts";
import { makeSandbox, type Sandbox } from "../sandbox.ts";

const SAMPLES = 9;

/** A repository with something of everything. */
async function makeSmall(): Promise<Sandbox> {
  const box = makeSandbox({
    "w/a.txt": "hello\n",
    "w/d/b.txt": "deep\n",
    "w/n.bin": randomBytes(3000),
  });
  const steps = [
    ["init"],
    ["snapshot", "one", "--tag", "v1"],
    ["snapshot", "again"],
    ["pin", "add", "v1", "--reason", "release"],
    ["snapshot", "more"],
    ["restore", "one"],
    ["undo"],
    ["gc", "plan"],
    ["config", "set", "default_tags", "[nightly]"],
  ];
  for (const [index, argv] of steps.entries()) {
    box.write({ "w/a.txt": `hello ${index}\n` });
    const { exit, err } = await box.jvs("w", ...argv);
    if (exit !== 0) throw new Error(`${argv.join(" ")}: ${err}`);
  }
  return box;
}

/**
 * Every file with bytes in it but the caches, and config.yaml: people write that, so it has no
 * checksum, and an altered byte shows only where it makes no sense.
 */
function listFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !/^(cache\/|config\.yaml$)/.test(relative(folder, path)))
    .filter((path) => readFileSync(path).length > 0)
    .sort();
}

/** Places all over the file, its ends among them. */
function places(length: number): number[] {
  const spread = Array.from({ length: SAMPLES }, (_, at) =>
    Math.floor((at * (length - 1)) / (SAMPLES - 1)),
  );
  return [...new Set(spread)];
}

test("every altered byte under .jvs is found by doctor --strict or verify --all, and its file named", async () => {
  await using box = await makeSmall();
  const jvs = box.path("w/.jvs");
  expect(await box.jvs("w", "doctor", "--strict")).toMatchObject({ exit: 0 });
  const missed: string[] = [];
  const files = listFiles(jvs);
  expect(files.length).toBeGreaterThan(15);
  for (const path of files) {
    const whole = readFileSync(path);
    for (const at of places(whole.length)) {
      flipByte(path, at, 1 << (at % 7));
      const found = [
        await box.jvs("w", "doctor", "--strict"),
        await box.jvs("w", "verify", "--all"),
      ];
      chmodSync(path, 0o644);
      writeFileSync(path, whole);
      const name = path.split("/").at(-1) ?? "";
      const isNamed = found.some(
        ({ exit, out, err }) => exit === 12 && `${out}${err}`.includes(name),
      );
      if (!isNamed)
        missed.push(`${relative(jvs, path)} byte ${at} of ${whole.length}: ${found[0]?.out}`);
    }
  }
  expect(missed).toEqual([]);
  expect(await box.jvs("w", "doctor", "--strict")).toMatchObject({ exit: 0 });
}, 300_000);
