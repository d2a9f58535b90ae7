import { readFileSync, rmSync } from "node:fs";
import { expect, test } from "vitest";
import { makeSandbox, type Sandbox } from "../sandbox.ts";

/** So many that a restore remembers what it wrote. */
const NAMES = Array.from({ length: 80 }, (_, at) => `many/f${at}`);

function write(box: Sandbox, folder: string, word: string): void {
  box.write(Object.fromEntries(NAMES.map((name) => [`${folder}/${name}`, `${word} ${name}`])));
}

/** A workspace `w`, and the snapshot `one` of it, which is a folder. */
async function start(): Promise<Sandbox> {
  const box = makeSandbox({});
  write(box, "w", "first");
  await box.ok("w", "init");
  await box.ok("w", "config", "set", "default_engine", "copy");
  await box.ok("w", "snapshot", "one");
  return box;
}

/** A snapshot of the folder by `objects` is whole when no other snapshot's folder is left. */
async function standsAlone(box: Sandbox, folder: string, word = "first"): Promise<void> {
  box.write({ [`${folder}/new`]: "news" });
  await box.ok(folder, "config", "set", "default_engine", "objects");
  await box.ok(folder, "snapshot", "two");
  rmSync(box.path("w/.jvs/snapshots"), { recursive: true });
  await box.ok(folder, "export", "HEAD", box.path("copy"));
  for (const name of NAMES)
    expect(readFileSync(box.path(`copy/${name}`), "utf8")).toBe(`${word} ${name}`);
}

test("what a restore takes from a folder is not thereby stored", async () => {
  await using box = await start();
  write(box, "w", "other");
  await box.ok("w", "snapshot", "other");
  await box.ok("w", "restore", "one");
  await box.ok("w", "restore", "HEAD");
  await standsAlone(box, "w", "other");
});

test("what a fork takes from a folder is not thereby stored", async () => {
  await using box = await start();
  await box.ok("w", "fork", "HEAD", "f", "--path", box.path("f"));
  await standsAlone(box, "f");
});
