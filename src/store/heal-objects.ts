import { join } from "node:path";
import type { ObjectId } from "../model/entry.ts";
import type { InstalledPack } from "./draft-pack.ts";
import type { IdKey } from "./id-key.ts";
import { idAt } from "./id-key.ts";
import { PackSet } from "./pack-set.ts";
import { openPackWriter, type PackWriter } from "./pack-writer.ts";

/** What a healing writer stores, though the store may seem to hold it. */
export interface HealingGoal {
  readonly lost: ReadonlySet<ObjectId>;
  /** Also everything else that is not stored: where folders are lost, nobody knows what was in them, or what chunks files had. */
  readonly widely: boolean;
  /** What writers of this goal have stored: grows, so that each object is stored once. */
  readonly healed: Set<ObjectId>;
}

/** Packs as if they held everything but what is to be healed. */
class PacksLacking extends PackSet {
  readonly #goal: HealingGoal;

  constructor(folder: string, goal: HealingGoal) {
    super(folder);
    this.#goal = goal;
  }

  override has(key: IdKey): boolean {
    const { lost, widely, healed } = this.#goal;
    const id = idAt(key.bytes, 0);
    if (lost.has(id)) return healed.has(id);
    return widely ? super.has(key) : true;
  }

  override adopt(installed: InstalledPack): void {
    super.adopt(installed);
    const pack = this.packs().find(({ name }) => name === installed.name);
    for (const { id } of pack?.wholeIndex().objects() ?? []) this.#goal.healed.add(id);
  }
}

/** A writer that stores what is to be healed alone, each object once; all else is named and forgotten. */
export function openHealingWriter(
  objectsFolder: string,
  draftFolder: string,
  goal: HealingGoal,
): PackWriter {
  const packs = new PacksLacking(join(objectsFolder, "packs"), goal);
  // Without clones: the chunks of a file may be what is lost, and packs are what is read first.
  return openPackWriter(draftFolder, { packs, isWhole: () => false });
}
