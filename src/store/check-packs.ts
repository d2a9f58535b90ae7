import { closeSync, existsSync, fstatSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { systemCodeOf } from "../model/errors.ts";
import { collectGarbage } from "../model/garbage.ts";
import { IndexDamaged } from "./index-head.ts";
import { openForReading, READING } from "./open-for-reading.ts";
import { openIndex } from "./open-index.ts";
import { sizeOf } from "./pack.ts";
import {
  encodeTrailer,
  PACK_MAGIC,
  PREFIX_SIZE,
  ROW_SIZE,
  TRAILER_SIZE,
  toHex64,
} from "./pack-format.ts";
import { PackSet } from "./pack-set.ts";
import { readAt } from "./read-at.ts";
import { type PackProblem, scanPack } from "./scan-pack.ts";

/** What all checksums of a pack say about it and its index. */
export interface PackCheck {
  readonly name: string;
  readonly path: string;
  readonly problems: readonly PackProblem[];
  readonly indexPath: string;
  readonly index: "intact" | "missing" | "damaged";
}

/**
 * How much is looked at. `ends`: the ends of packs, and the indexes by themselves. `frames`: all of a
 * pack but the stored bytes, and each index compared with its pack, byte by byte. `all`: every checksum.
 */
export type PackDepth = "ends" | "frames" | "all";

/** Checks every pack, one after another. Mends nothing. */
export function* checkPacks(objectsFolder: string, depth: PackDepth): Generator<PackCheck> {
  const folder = join(objectsFolder, "packs");
  for (const file of listFolder(folder)) {
    if (!file.endsWith(".pack")) continue;
    const name = file.slice(0, -".pack".length);
    const check = tryCheck(folder, name, depth);
    if (check === undefined) continue;
    yield check;
    // An index is read and made anew for each: of a large pack those are tens of megabytes.
    collectGarbage(depth === "ends" ? 0 : sizeOf(check.indexPath) / ROW_SIZE);
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
function tryCheck(folder: string, name: string, depth: PackDepth): PackCheck | undefined {
  try {
    return depth === "ends" ? glance(folder, name) : check(folder, name, depth === "all");
  } catch (error) {
    if (systemCodeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

function check(folder: string, name: string, payloads: boolean): PackCheck {
  const path = join(folder, `${name}.pack`);
  const indexPath = join(folder, `${name}.idx`);
  const { index: scanned, problems: found } = scanPack(path, { payloads });
  const problems = [...found];
  if (found.length === 0 && !name.startsWith(toHex64(scanned.checksum)))
    problems.push({ offset: 0, why: "the file has the name of another pack" });
  const bytes = readIfAny(indexPath);
  const isIntact = problems.length > 0 ? isSound(indexPath, name) : isSame(bytes, scanned.bytes);
  const index = bytes === undefined ? "missing" : isIntact ? "intact" : "damaged";
  return { name, path, problems, indexPath, index };
}

/** The beginning and the end of a pack, and what its index says about itself. */
function glance(folder: string, name: string): PackCheck {
  const path = join(folder, `${name}.pack`);
  const indexPath = join(folder, `${name}.idx`);
  const isSoundIndex = isSound(indexPath, name);
  const index = isSoundIndex ? "intact" : existsSync(indexPath) ? "damaged" : "missing";
  const why = faultOfEnds(path, name);
  const problems = why === undefined ? [] : [{ offset: 0, why }];
  return { name, path, problems, indexPath, index };
}

function faultOfEnds(path: string, name: string): string | undefined {
  const fd = openForReading(path);
  try {
    const { size } = fstatSync(fd);
    const magic = Buffer.alloc(PREFIX_SIZE);
    const trailer = Buffer.alloc(TRAILER_SIZE);
    readAt({ fd, path }, magic, 0);
    readAt({ fd, path }, trailer, Math.max(0, size - TRAILER_SIZE));
    if (magic.toString("latin1") !== PACK_MAGIC) return "the file does not begin as a pack";
    const wanted = encodeTrailer(trailer.readUInt32LE(8), trailer.readBigUInt64LE(16));
    const isTrailer = trailer.equals(Buffer.from(wanted));
    return isTrailer && name.startsWith(toHex64(trailer.readBigUInt64LE(16)))
      ? undefined
      : "the file does not end as this pack: it was cut off or altered";
  } finally {
    closeSync(fd);
  }
}

/** By its own checksums: there is nothing else to compare it with. */
function isSound(indexPath: string, name: string): boolean {
  try {
    openIndex(indexPath, { packName: name }).whole();
    return true;
  } catch (error) {
    if (error instanceof IndexDamaged || systemCodeOf(error) === "ENOENT") return false;
    throw error;
  }
}

function isSame(one: Uint8Array | undefined, other: Uint8Array): boolean {
  return one !== undefined && Buffer.compare(one, other) === 0;
}

function readIfAny(path: string): Uint8Array | undefined {
  try {
    return readFileSync(path, { flag: READING });
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
