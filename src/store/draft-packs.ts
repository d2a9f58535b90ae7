import { DraftPack, type Member } from "./draft-pack.ts";
import { IdFilter } from "./id-filter.ts";
import type { IdKey } from "./id-key.ts";
import type { LargeIndex } from "./large-index.ts";
import { openIndex } from "./open-index.ts";
import type { PackIndex } from "./pack-index.ts";
import type { PackSet } from "./pack-set.ts";
import type { Payload } from "./payload.ts";

/** Objects of a pack: its table takes some 10 MB then, and would grow by as much with each of so many more. */
const PACK_OBJECTS = 1 << 17;

/** A pack that takes no more objects; of what is in it only a filter is in memory. */
interface FullPack {
  readonly draft: DraftPack;
  readonly filter: IdFilter;
  readonly fd: number;
  index?: PackIndex | LargeIndex;
}

/**
 * One pack being written, and those that were before it: so that a million objects take no more
 * memory than a hundred thousand. Methods are those of {@link DraftPack}, and throw as they do.
 */
export class DraftPacks {
  readonly #folder: string;
  readonly #packObjects: number;
  readonly #full: FullPack[] = [];
  #draft: DraftPack;
  #filter: IdFilter;

  /** `packObjects`, a power of two: how many objects go into a pack. */
  constructor(folder: string, packObjects: number = PACK_OBJECTS) {
    this.#folder = folder;
    this.#packObjects = packObjects;
    this.#draft = new DraftPack(folder);
    this.#filter = new IdFilter(packObjects);
  }

  get objectCount(): number {
    return this.#sum((draft) => draft.objectCount);
  }

  get storedBytes(): number {
    return this.#sum((draft) => draft.storedBytes);
  }

  /** Whether {@link next} is due. */
  get isFull(): boolean {
    return this.#draft.objectCount >= this.#packObjects;
  }

  has(key: IdKey): boolean {
    return this.#draft.has(key) || this.#full.some((pack) => hasFull(pack, key));
  }

  reserve(key: IdKey): number {
    this.#filter.add(key);
    return this.#draft.reserve(key);
  }

  add(key: IdKey, payload: Payload): void {
    this.#filter.add(key);
    this.#draft.add(key, payload);
  }

  write(members: readonly Member[], payload: Payload): void {
    this.#draft.write(members, payload);
  }

  /** Begins another pack. What was reserved in this one must have been written. */
  next(): void {
    const ended = this.#draft.end();
    if (ended === undefined) return;
    this.#full.push({ draft: this.#draft, filter: this.#filter, fd: ended.packFd });
    this.#draft = new DraftPack(this.#folder);
    this.#filter = new IdFilter(this.#packObjects);
  }

  /** Completes all packs; returns their files, still open. */
  end(): number[] {
    const last = this.#draft.end();
    const fds = this.#full.map(({ fd }) => fd);
    return last === undefined ? fds : [...fds, last.packFd];
  }

  install(packs: PackSet): void {
    for (const draft of this.#all()) {
      const installed = draft.install(packs.folder);
      if (installed !== undefined) packs.adopt(installed);
    }
  }

  discard(): void {
    for (const draft of this.#all()) draft.discard();
  }

  #all(): DraftPack[] {
    return [...this.#full.map(({ draft }) => draft), this.#draft];
  }

  #sum(of: (draft: DraftPack) => number): number {
    return this.#full.reduce((sum, { draft }) => sum + of(draft), of(this.#draft));
  }
}

function hasFull(pack: FullPack, key: IdKey): boolean {
  if (!pack.filter.mayHave(key)) return false;
  const { indexPath, name } = pack.draft;
  pack.index ??= openIndex(indexPath, { packName: name });
  return pack.index.find(key) !== undefined;
}
