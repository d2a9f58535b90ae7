import { closeFd } from "../fs/at.ts";
import { existsSync, fsyncSync, openSync, readdirSync, removeIfAny } from "../fs/files.ts";
import { O_RDONLY } from "../fs/open-flags.ts";
import { failPoint } from "../model/fail-point.ts";
import { listRecords } from "./copy-live.ts";
import { DraftPack, type InstalledPack } from "./draft-pack.ts";
import { IdKey } from "./id-key.ts";
import type { Pack } from "./pack.ts";
import { PackIndex } from "./pack-index.ts";
import type { PackSet } from "./pack-set.ts";
import { scanPack } from "./scan-pack.ts";

/** When packs are many, and which of them count. */
export interface ConsolidateLimits {
  /** Up to this many small packs are left alone. Default 16. */
  readonly packs?: number;
  /** Packs below this many bytes are small. Default 16 MiB. */
  readonly smallBytes?: number;
}

/**
 * The packs to be merged, when small ones are too many; none otherwise. The smallest, and then each
 * next one that is no larger than those before it together: so what comes of it is twice as large
 * as each of them, and a record is copied again only each time its pack doubles.
 */
export function listMergeable(packs: PackSet, limits: ConsolidateLimits): readonly Pack[] {
  const { packs: most = 16, smallBytes = 16 << 20 } = limits;
  const all = packs.packs();
  if (all.length <= most) return [];
  const small = all
    .map((pack) => ({ pack, bytes: pack.diskSize().pack }))
    .filter(({ bytes }) => bytes < smallBytes)
    .sort((one, other) => one.bytes - other.bytes);
  if (small.length <= most) return [];
  let sum = 0;
  const end = small.findIndex(({ bytes }, at) => {
    const isTooLarge = at >= most && bytes > sum;
    sum += bytes;
    return isTooLarge;
  });
  return small.slice(0, end < 0 ? small.length : end).map(({ pack }) => pack);
}

/**
 * Copies the records of many small packs into one new pack and deletes the old ones; `merged` says
 * how many those were. A damaged pack is left alone: what it holds is evidence, and perhaps
 * the only copy. Killed at any point it loses nothing: an object may be there twice for a while.
 * The caller holds the repository's lock. Throws the system's errors; the store is whole then too.
 */
export function consolidatePacks(packs: PackSet, limits: ConsolidateLimits): { merged: number } {
  packs.refresh();
  const small = listMergeable(packs, limits);
  if (small.length === 0) return { merged: 0 };
  removeLeftovers(packs.folder);
  const draft = new DraftPack(packs.folder);
  try {
    const copied = small.filter((pack) => copyRecords(pack, draft));
    if (copied.length < 2) return { merged: 0 };
    publishPack(draft, packs);
    failPoint("packs-merged");
    for (const pack of copied) pack.remove();
    packs.refresh();
    return { merged: copied.length };
  } finally {
    draft.discard();
  }
}

/** Removes drafts of a run that was killed, and indexes whose packs are gone or never came. */
export function removeLeftovers(folder: string): void {
  if (!existsSync(folder)) return;
  const names = new Set(readdirSync(folder));
  for (const name of names) {
    const isOrphan = name.endsWith(".idx") && !names.has(name.replace(/\.idx$/, ".pack"));
    if (isOrphan || name.endsWith(".draft")) removeIfAny(`${folder}/${name}`);
  }
}

/** Copies what the draft lacks. Returns false, having copied some of it or nothing, for a damaged pack. */
function copyRecords(pack: Pack, draft: DraftPack): boolean {
  const { index, problems } = scanPack(pack.path, { payloads: true });
  if (problems.length > 0) return false;
  const key = new IdKey();
  for (const objects of listRecords(new PackIndex(pack.path, index.bytes))) {
    const wanted = objects.filter(({ id }) => key.set(id) && !draft.has(key));
    const [first] = wanted;
    if (first === undefined) continue;
    const bytes = pack.read(first.row);
    if (bytes === undefined) return false;
    draft.write(
      wanted.map(({ id, row }) => ({ ...row, number: key.set(id) ? draft.reserve(key) : -1 })),
      { ...first.row, bytes },
    );
  }
  return true;
}

/** The new pack must last before the old ones go: its bytes, and its name in the folder. */
export function publishPack(draft: DraftPack, packs: PackSet): InstalledPack | undefined {
  const ended = draft.end();
  if (ended !== undefined) fsyncSync(ended.packFd);
  failPoint("packs-merging");
  const installed = draft.install(packs.folder);
  if (installed !== undefined) packs.adopt(installed);
  const folder = openSync(packs.folder, O_RDONLY);
  try {
    fsyncSync(folder);
  } finally {
    closeFd(folder);
  }
  return installed;
}
