import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { findFaults } from "./repository.ts";
import { makeSandbox, type Sandbox } from "./sandbox.ts";

/** File systems whose files can share blocks, and that a test can make. */
export const COW: readonly ("xfs" | "btrfs")[] = ["xfs", "btrfs"];

export const MIB: number = 1 << 20;

/** A sandbox with a new file system at `disk`; skips the test where that cannot be had. */
export function makeCowSandbox(type: "xfs" | "btrfs", skip: (why: string) => void): Sandbox {
  const box = makeSandbox();
  const why = box.mountNew(type, "disk");
  if (why !== undefined) skip(why);
  return box;
}

/** Bytes that neither compress nor repeat, other ones for each seed. */
export function noise(length: number, seed: number): Buffer {
  const bytes = Buffer.alloc(length);
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, length >> 2);
  let state = (seed * 2654435769) >>> 0 || 1;
  for (let at = 0; at < words.length; at++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    words[at] = state;
  }
  return bytes;
}

/** The large files of the store in the workspace `folder`, by full path. */
export function listStoredFiles(box: Sandbox, folder: string): string[] {
  const home = box.path(`${folder}/.jvs/objects/files`);
  if (!existsSync(home)) return [];
  return readdirSync(home, { recursive: true })
    .map((name) => join(home, String(name)))
    .filter((path) => statSync(path).isFile());
}

/** The workspace on it. */
export const W = "disk/w";

/** A shell in the workspace; it must do what it is told. */
export function shell(box: Sandbox, script: string): void {
  const { exitCode, stderr } = Bun.spawnSync(["sh", "-ec", script], { cwd: box.path(W) });
  if (exitCode !== 0) throw new Error(stderr.toString());
}

/** Makes a repository with these files. */
export async function begin(
  box: Sandbox,
  files: Readonly<Record<string, Uint8Array>>,
): Promise<void> {
  box.write(Object.fromEntries(Object.entries(files).map(([name, b]) => [`${W}/${name}`, b])));
  await box.ok(W, "init");
}

/** Content, checksums and records are as they should be, and nothing is left over or leads nowhere. */
export async function expectSound(box: Sandbox): Promise<void> {
  expect(findFaults(box.path(W))).toEqual([]);
  for (const argv of [
    ["verify", "--all"],
    ["verify", "--quick"],
    ["doctor", "--strict"],
  ]) {
    const { exit, out, err } = await box.jvs(W, ...argv);
    expect(exit, `${argv.join(" ")}\n${out}${err}`).toBe(0);
  }
}
