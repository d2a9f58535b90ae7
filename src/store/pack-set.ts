import { readdirSync } from "../fs/files.ts";
import { systemCodeOf } from "../model/errors.ts";
import type { InstalledPack } from "./draft-pack.ts";
import type { IdKey } from "./id-key.ts";
import { OpenFiles } from "./open-files.ts";
import { Pack } from "./pack.ts";
import type { ObjectRow } from "./pack-format.ts";

const EXTENSION = ".pack";

/** Where a copy of an object lies. */
export interface StoredCopy {
  readonly pack: Pack;
  readonly row: ObjectRow;
}

/** The packs of a store. The folder is listed when it is first needed, and by {@link refresh}. */
export class PackSet {
  readonly folder: string;
  readonly #files: OpenFiles = new OpenFiles();
  readonly #savesIndexes: boolean;
  #packs: Map<string, Pack> | undefined;
  #isStale = false;

  /** `savesIndexes`: whether indexes that were missing or damaged are put on disk again. */
  constructor(
    folder: string,
    { savesIndexes }: { savesIndexes: boolean } = { savesIndexes: true },
  ) {
    this.folder = folder;
    this.#savesIndexes = savesIndexes;
  }

  /** The packs that were there when the folder was listed. */
  packs(): readonly Pack[] {
    return [...this.#known().values()];
  }

  has(key: IdKey): boolean {
    return this.find(key) !== undefined;
  }

  /** A row of the object, from whichever pack. */
  find(key: IdKey): ObjectRow | undefined {
    try {
      return this.#findOnce(key);
    } catch (error) {
      if (systemCodeOf(error) !== "ENOENT") throw error;
      this.refresh();
      return this.#findOnce(key);
    }
  }

  /** The copies of an object, looked up one by one. Throws ENOENT when a pack is gone: refresh then. */
  *copies(key: IdKey): Generator<StoredCopy> {
    for (const pack of this.#known().values()) {
      const row = pack.find(key);
      if (row !== undefined) yield { pack, row };
    }
  }

  /** Takes in a pack that was just installed. */
  adopt({ name, index }: InstalledPack): void {
    if (this.#packs === undefined || this.#isStale) return;
    const pack = this.#make(name);
    if (index !== undefined) pack.adoptIndex(index);
    this.#packs.set(name, pack);
  }

  /** Lists the folder again: packs may have come and gone by another process. */
  refresh(): void {
    const before = this.#packs;
    this.#isStale = false;
    this.#packs = new Map();
    const names = listNames(this.folder);
    for (const name of packsAmong(names)) {
      // One whose index is gone is looked at anew: it may be damaged, too.
      const known = names.includes(`${name}.idx`) ? before?.get(name) : undefined;
      this.#packs.set(name, known ?? this.#make(name));
    }
    for (const [name, pack] of before ?? []) if (!this.#packs.has(name)) pack.close();
  }

  /** Lists the folder again when it is next needed. */
  forget(): void {
    this.#isStale = true;
  }

  /** Closes all files. The set stays usable. */
  close(): void {
    this.#files.closeAll();
  }

  /**
   * The same until the next command: of what is known by then, only indexes stay that tell of all that
   * their packs were written with. They are named by that, so that a pack of that name is the same pack.
   */
  rest(): void {
    this.close();
    this.forget();
    for (const [name, pack] of this.#packs ?? []) if (!pack.isComplete) this.#packs?.delete(name);
  }

  #findOnce(key: IdKey): ObjectRow | undefined {
    for (const pack of this.#known().values()) {
      const row = pack.find(key);
      if (row !== undefined) return row;
    }
    return undefined;
  }

  #known(): Map<string, Pack> {
    if (this.#packs === undefined || this.#isStale) this.refresh();
    return this.#packs ?? new Map();
  }

  #make(name: string): Pack {
    const [folder, files, savesIndexes] = [this.folder, this.#files, this.#savesIndexes];
    return new Pack(name, { folder, files, savesIndexes });
  }
}

function packsAmong(names: readonly string[]): string[] {
  const packs = names.filter((name) => name.endsWith(EXTENSION));
  return packs.map((name) => name.slice(0, -EXTENSION.length));
}

function listNames(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (systemCodeOf(error) === "ENOENT") return [];
    throw error;
  }
}
