import { removeIfAny, statSync } from "../fs/files.ts";
import { failPoint } from "../model/fail-point.ts";
import { Garbage } from "../model/garbage.ts";
import { publishPack, removeLeftovers } from "./consolidate-packs.ts";
import { copyLive, SizeSink, sinkInto } from "./copy-live.ts";
import { DraftPack } from "./draft-pack.ts";
import { IdKey } from "./id-key.ts";
import type { LooseFiles } from "./loose-files.ts";
import type { Pack } from "./pack.ts";
import { HEADER_SIZE } from "./pack-format.ts";
import type { PackSet } from "./pack-set.ts";

/** What is known about an object: nothing that is recorded needs it, something does, or only what is being removed did. */
export type Standing = "unrecorded" | "live" | "released";

export interface SweepRules {
  /** Asked for every object. */
  standingOf(key: IdKey): Standing;
  /** Unrecorded objects in packs that came after this moment stay: what needs them may be under way. */
  readonly graceBefore: Date;
}

/** What a sweep did, or would do. */
export interface SweepResult {
  /** Bytes on disk, packs and indexes, that it frees. */
  readonly freed: number;
  /** Packs that go, and packs that are written anew without their garbage. */
  readonly dropped: number;
  readonly rewritten: number;
  /** Packs with damaged records: left alone, with what else is in them. */
  readonly damaged: readonly string[];
}

/** Packs are rewritten in batches of this many bytes: so much room is needed at most, or one large pack's. */
const BATCH_BYTES = 64 << 20;
/** A larger pack is rewritten for this share of garbage only. */
const SMALL_BYTES = 16 << 20;
const WORTHWHILE = 0.05;

/** What a sweep would do. Reads no more than it must to know the sizes exactly. */
export function measureSweep(packs: PackSet, loose: LooseFiles, rules: SweepRules): SweepResult {
  packs.refresh();
  const judged = packs.packs().map((pack) => judge(pack, rules));
  const doomed = judged.filter(({ fate }) => fate === "drop");
  const mixed = judged.filter(({ fate }) => fate === "rewrite");
  let freed = sum(doomed) + sum(doomedFiles(loose, rules));
  const damaged = damagedOf(judged);
  const keepers = judged.filter(({ fate }) => fate === "keep").map(({ pack }) => pack);
  const sinks: SizeSink[] = [];
  for (const batch of batchesOf(mixed)) {
    const sink = new SizeSink();
    const isWanted = (one: Judged, key: IdKey): boolean =>
      one.isKept(key) && !holdsIntact(keepers, key) && !sinks.some((other) => other.has(key));
    const whole = batch.filter((one) => copyLive(one.pack, (key) => isWanted(one, key), sink));
    sinks.push(sink);
    damaged.push(...batch.filter((one) => !whole.includes(one)).map(({ pack }) => pack.path));
    freed += sum(whole) - sink.diskSize;
  }
  return { freed, dropped: doomed.length, rewritten: mixed.length, damaged };
}

/**
 * Removes what nothing needs, one {@link step} at a time; between two steps others may go on with
 * their work. Killed at any point it loses nothing, and a new sweep does the rest. The caller keeps
 * other sweeps and consolidations away, and during a step whoever adds to the store.
 */
export class Sweep {
  readonly #packs: PackSet;
  readonly #loose: LooseFiles;
  readonly #rules: SweepRules;
  /** Packs that need no second look. */
  readonly #done: Set<string> = new Set();
  readonly #damaged: Set<string> = new Set();
  /** Packs that stay: what they hold need not be copied once more. */
  readonly #keepers: Set<string> = new Set();
  #freed = 0;
  #dropped = 0;
  #rewritten = 0;
  #hasBegun = false;

  constructor(packs: PackSet, loose: LooseFiles, rules: SweepRules) {
    this.#packs = packs;
    this.#loose = loose;
    this.#rules = rules;
  }

  get result(): SweepResult {
    return {
      freed: this.#freed,
      dropped: this.#dropped,
      rewritten: this.#rewritten,
      damaged: [...this.#damaged].sort(),
    };
  }

  /** Returns false when nothing is left to do. Throws the system's errors; the store is whole then too. */
  step(): boolean {
    this.#packs.refresh();
    if (!this.#hasBegun) removeLeftovers(this.#packs.folder);
    const judged = this.#packs
      .packs()
      .filter(({ name }) => !this.#done.has(name))
      .map((pack) => judge(pack, this.#rules));
    if (!this.#hasBegun) this.#drop(judged.filter(({ fate }) => fate === "drop"));
    if (!this.#hasBegun) this.#dropFiles();
    this.#hasBegun = true;
    for (const path of damagedOf(judged)) this.#damaged.add(path);
    for (const { pack, fate } of judged) if (fate === "keep") this.#keep(pack.name);
    const [batch] = batchesOf(judged.filter(({ fate }) => fate === "rewrite"));
    if (batch !== undefined) this.#rewrite(batch);
    return batch !== undefined;
  }

  #keep(name: string): void {
    this.#done.add(name);
    this.#keepers.add(name);
  }

  /** Needs no room, and makes some. */
  #drop(doomed: readonly Judged[]): void {
    for (const { pack, size } of doomed) {
      this.#done.add(pack.name);
      pack.remove();
      failPoint("gc-dropped");
      this.#freed += size;
      this.#dropped++;
    }
    if (doomed.length > 0) this.#packs.refresh();
  }

  #dropFiles(): void {
    for (const { path, size } of doomedFiles(this.#loose, this.#rules)) {
      removeIfAny(path);
      this.#freed += size;
    }
  }

  #rewrite(batch: readonly Judged[]): void {
    const draft = new DraftPack(this.#packs.folder);
    try {
      const sink = sinkInto(draft);
      const keepers = this.#packs.packs().filter(({ name }) => this.#keepers.has(name));
      const isWanted = (one: Judged, key: IdKey): boolean =>
        one.isKept(key) && !holdsIntact(keepers, key);
      const copied = batch.filter((one) => copyLive(one.pack, (key) => isWanted(one, key), sink));
      for (const { pack } of batch) this.#done.add(pack.name);
      for (const one of batch) if (!copied.includes(one)) this.#damaged.add(one.pack.path);
      failPoint("gc-copied");
      if (draft.objectCount > 0) {
        const installed = publishPack(draft, this.#packs);
        if (installed !== undefined) this.#keep(installed.name);
      }
      failPoint("gc-published");
      for (const { pack } of copied) {
        pack.remove();
        failPoint("gc-replaced");
      }
      this.#freed += sum(copied) - draft.storedBytes;
      this.#rewritten += copied.length;
    } finally {
      draft.discard();
    }
    this.#packs.refresh();
  }
}

interface Judged {
  readonly pack: Pack;
  readonly fate: "keep" | "drop" | "rewrite" | "damaged";
  /** Bytes on disk. */
  readonly size: number;
  readonly isKept: (key: IdKey) => boolean;
}

function judge(pack: Pack, rules: SweepRules): Judged {
  const { pack: packSize, index: indexSize } = pack.diskSize();
  const isRecent = ageOf(pack) >= rules.graceBefore.getTime();
  const isKept = (key: IdKey): boolean => {
    const standing = rules.standingOf(key);
    return standing === "live" || (isRecent && standing === "unrecorded");
  };
  const judged = { pack, size: packSize + indexSize, isKept };
  let dead = 0;
  let kept = 0;
  const key = new IdKey();
  const garbage = new Garbage();
  for (const { id, row } of pack.wholeIndex().objects()) {
    garbage.add();
    if (key.set(id) && isKept(key)) kept++;
    else dead += HEADER_SIZE + Math.min(row.storedSize, row.rawSize);
  }
  if (dead === 0) return { ...judged, fate: "keep" };
  // An index that was made from a damaged pack does not tell of all that is in it.
  if (!pack.isComplete) return { ...judged, fate: "damaged" };
  if (kept === 0) return { ...judged, fate: "drop" };
  const isWorthIt = packSize < SMALL_BYTES || dead >= WORTHWHILE * packSize;
  return { ...judged, fate: isWorthIt ? "rewrite" : "keep" };
}

/** Large files beside the packs that nothing needs. */
function doomedFiles(
  loose: LooseFiles,
  { standingOf, graceBefore }: SweepRules,
): { readonly path: string; readonly size: number }[] {
  const key = new IdKey();
  const doomed = loose.list().filter(({ id, mtimeMs }) => {
    const standing = key.set(id) ? standingOf(key) : "live";
    const isOld = mtimeMs < graceBefore.getTime();
    return standing === "released" || (standing === "unrecorded" && isOld);
  });
  return doomed.map(({ path, diskSize }) => ({ path, size: diskSize }));
}

function sum(sized: readonly { readonly size: number }[]): number {
  return sized.reduce((total, { size }) => total + size, 0);
}

/** Whether one of the packs has a copy whose stored bytes are right. */
function holdsIntact(packs: readonly Pack[], key: IdKey): boolean {
  return packs.some((pack) => {
    const row = pack.find(key);
    return row !== undefined && pack.read(row) !== undefined;
  });
}

function ageOf({ path }: Pack): number {
  return statSync(path)?.mtimeMs ?? 0;
}

function damagedOf(judged: readonly Judged[]): string[] {
  return judged.filter(({ fate }) => fate === "damaged").map(({ pack }) => pack.path);
}

/** In the order of names, so that a measured sweep and the real one make the same packs. */
function batchesOf(mixed: readonly Judged[]): Judged[][] {
  const batches: Judged[][] = [];
  let room = 0;
  for (const one of [...mixed].sort((a, b) => (a.pack.name < b.pack.name ? -1 : 1))) {
    if (room < one.size || batches.length === 0) {
      batches.push([]);
      room = BATCH_BYTES;
    }
    batches.at(-1)?.push(one);
    room -= one.size;
  }
  return batches;
}
