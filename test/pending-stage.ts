import { linkSync, readdirSync, symlinkSync } from "node:fs";
import { expect } from "vitest";
import { findFaults, type Json, readDescriptors, readLog } from "./repository.ts";
import { makeSandbox, type Sandbox } from "./sandbox.ts";
import { makeFifo } from "./system-calls.ts";

const FILES = {
  "w/a.txt": "hello\n",
  "w/empty": "",
  "w/sub/deep/b.bin": "\0\x01",
  "w/sub/caf\u00e9 1.txt": "x",
  "w/large": Buffer.alloc(2_500_000, "large"),
};

/** A workspace `w` whose snapshots are folders; one snapshot is taken, its content unread. */
export async function openPending(): Promise<Sandbox> {
  const box = await openWorkspace();
  await box.ok("w", "snapshot", "one", "--hash", "later");
  return box;
}

/** The same without a snapshot. */
export async function openWorkspace(): Promise<Sandbox> {
  const box = makeSandbox(FILES);
  symlinkSync("a.txt", box.path("w/link"));
  linkSync(box.path("w/a.txt"), box.path("w/sub/other name"));
  makeFifo(box.path("w/pipe"), 0o600);
  Bun.spawnSync(["chmod", "4755", box.path("w/sub/deep/b.bin")]);
  Bun.spawnSync(["truncate", "-s", "3M", box.path("w/holes")]);
  await box.ok("w", "init");
  await box.ok("w", "config", "set", "default_engine", "copy");
  return box;
}

/** The state of each snapshot, oldest first. */
export function states(box: Sandbox): unknown[] {
  return readDescriptors(box.path("w")).map((one) => one.integrity_state);
}

/** The record of the newest snapshot. */
export function newest(box: Sandbox): Json {
  return readDescriptors(box.path("w")).at(-1) as Json;
}

/** How many snapshots were sealed, by the log. */
export function countSeals(box: Sandbox): number {
  return readLog(box.path("w")).filter(({ operation }) => operation === "seal").length;
}

/** Nothing is left in the folder of folders but those. */
export function expectTidy(box: Sandbox): void {
  const ids = readdirSync(box.path("w/.jvs/descriptors")).map((name) => name.replace(".json", ""));
  expect(readdirSync(box.path("w/.jvs/snapshots")).sort()).toEqual(ids.sort());
  expect(findFaults(box.path("w"))).toEqual([]);
}
