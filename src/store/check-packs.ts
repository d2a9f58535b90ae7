import { readdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import type { ObjectId } from "../model/entry.ts";
import { systemCodeOf } from "../model/errors.ts";
import { openIndex } from "./open-index.ts";
import { toHex64 } from "./pack-format.ts";
import { IndexDamaged } from "./pack-index.ts";
import { PackSet } from "./pack-set.ts";
import { type PackProblem, scanPack } from "./scan-pack.ts";

/** What all checksums of a pack say about it and its index. */
export interface PackCheck {
  readonly name: string;
  readonly path: string;
  readonly problems: readonly PackProblem[];
  readonly indexPath: string;
  readonly index: "intact" | "missing" | "damaged";
  /** What index and headers know the pack to hold, where either is damaged. */
  readonly holds: readonly ObjectId[];
}

/**
 * Checks every checksum of every pack, one after another, and compares each index with its pack,
 * byte by byte. Mends nothing, which whoever reads the store does: call it before.
 */
export function* checkPacks(objectsFolder: string): Generator<PackCheck> {
  const folder = join(objectsFolder, "packs");
  for (const file of listFolder(folder)) {
    if (!file.endsWith(".pack")) continue;
    const name = file.slice(0, -".pack".length);
    const check = tryCheck(folder, name);
    if (check !== undefined) yield check;
  }
}

/** Names beside the packs that belong to none: what was being written when a process died, or is. */
export function listStrayPackFiles(objectsFolder: string): string[] {
  const names = new Set(listFolder(join(objectsFolder, "packs")));
  const isStray = (name: string): boolean => {
    if (name.endsWith(".pack")) return false;
    return !(name.endsWith(".idx") && names.has(name.replace(/\.idx$/, ".pack")));
  };
  return [...names].filter(isStray).sort();
}

/** Removes those. The caller holds the lock of the store and the one for bringing packs together. */
export function removeStrayPackFiles(objectsFolder: string): number {
  const names = listStrayPackFiles(objectsFolder);
  for (const name of names) rmSync(join(objectsFolder, "packs", name), { force: true });
  return names.length;
}

/** Makes the index of an intact pack anew. */
export function rebuildIndex({ path, indexPath, problems }: PackCheck): boolean {
  if (problems.length > 0) return false;
  rmSync(indexPath, { force: true });
  const packs = new PackSet(dirname(path));
  packs
    .packs()
    .find((pack) => pack.path === path)
    ?.wholeIndex();
  packs.close();
  return true;
}

/** Undefined when the pack went away meanwhile. */
function tryCheck(folder: string, name: string): PackCheck | undefined {
  try {
    return check(folder, name);
  } catch (error) {
    if (systemCodeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

function check(folder: string, name: string): PackCheck {
  const path = join(folder, `${name}.pack`);
  const indexPath = join(folder, `${name}.idx`);
  const { index: scanned, problems: found } = scanPack(path, { payloads: true });
  const problems = [...found];
  if (found.length === 0 && !name.startsWith(toHex64(scanned.checksum)))
    problems.push({ offset: 0, why: "the file has the name of another pack" });
  const bytes = readIfAny(indexPath);
  const isIntact = problems.length > 0 ? isSound(indexPath, name) : isSame(bytes, scanned.bytes);
  const index = bytes === undefined ? "missing" : isIntact ? "intact" : "damaged";
  const holds = problems.length > 0 && isIntact ? listIds(indexPath, name) : [];
  return { name, path, problems, indexPath, index, holds };
}

/** By its own checksums: there is nothing else to compare it with. */
function isSound(indexPath: string, name: string): boolean {
  try {
    openIndex(indexPath, name).checkAll();
    return true;
  } catch (error) {
    if (error instanceof IndexDamaged || systemCodeOf(error) === "ENOENT") return false;
    throw error;
  }
}

function listIds(indexPath: string, name: string): ObjectId[] {
  return [...openIndex(indexPath, name).objects()].map(({ id }) => id);
}

function isSame(one: Uint8Array | undefined, other: Uint8Array): boolean {
  return one !== undefined && Buffer.compare(one, other) === 0;
}

function readIfAny(path: string): Uint8Array | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if (systemCodeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

function listFolder(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch (error) {
    if (systemCodeOf(error) === "ENOENT") return [];
    throw error;
  }
}
