import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import type { Sandbox } from "./sandbox.ts";

/** What `gc plan --json` prints, as far as tests look. */
export interface Plan {
  readonly plan_id: string;
  readonly protected_set: string[];
  readonly to_delete: string[];
  readonly candidate_count: number;
  readonly deletable_bytes_estimate: number;
  readonly reasons: { snapshot: string; keep: boolean; reason: string }[];
}

export interface Snapshot {
  readonly snapshot_id: string;
}

/** Retention that keeps what it must, and no more. */
export const KEEP_ONE = { manual: { keep_last: 1 } };

/** Bytes that do not compress, another kind for each seed. */
export function noise(seed: number, length = 30_000): Buffer {
  const hashes = Array.from({ length: Math.ceil(length / 64) }, (_, at) =>
    createHash("sha512").update(`${seed}:${at}`).digest(),
  );
  return Buffer.concat(hashes).subarray(0, length);
}

/** A workspace `w` with `count` snapshots, each with a file of its own and one that all share. */
export async function makeHistory(box: Sandbox, count: number): Promise<string[]> {
  box.write({ "w/shared": noise(0, 200_000) });
  await box.jvs("w", "init");
  const ids: string[] = [];
  for (let at = 1; at <= count; at++) {
    box.write({ "w/own": noise(at), [`w/f${at}`]: `${at}\n` });
    ids.push((await box.json<Snapshot>("w", "snapshot", `s${at}`)).snapshot_id);
  }
  return ids;
}

/** As somebody would do with an editor. */
export function setRepoJson(box: Sandbox, changes: object, folder = "w"): void {
  const path = box.path(`${folder}/.jvs/repo.json`);
  const { record_checksum: _, ...record } = JSON.parse(readFileSync(path, "utf8"));
  writeFileSync(path, `${JSON.stringify({ ...record, ...changes }, null, 2)}\n`);
}

export function objectBytes(box: Sandbox): number {
  const packs = box.path("w/.jvs/objects/packs");
  return readdirSync(packs).reduce((sum, name) => sum + statSync(join(packs, name)).size, 0);
}

export function listIds(box: Sandbox): string[] {
  return readdirSync(box.path("w/.jvs/descriptors"))
    .map((name) => name.replace(".json", ""))
    .sort();
}

/** Every snapshot that is there can be brought back, to the byte. */
export async function expectWhole(box: Sandbox): Promise<void> {
  const { exit, out, err } = await box.jvs("w", "verify", "--all");
  expect(exit, out + err).toBe(0);
}

/** As if all had happened long ago. */
export function age(box: Sandbox, days: number): void {
  const packs = box.path("w/.jvs/objects/packs");
  const then = new Date(Date.now() - days * 86_400_000);
  for (const name of readdirSync(packs)) utimesSync(join(packs, name), then, then);
}
