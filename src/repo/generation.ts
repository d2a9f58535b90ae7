import { writeAtomic } from "../fs/write-atomic.ts";
import { readTextIfAny } from "./control-file.ts";
import { generationPath } from "./layout.ts";
import type { Repo } from "./repo.ts";

const SWEEPING = "sweeping";
/** Generations are multiples of this, so that an altered digit shows. */
const FACTOR = 97;

/**
 * The generation of the stored content: another number after each sweep. What a cache says about
 * stored content is worth something only in the generation that it was written in.
 *
 * @returns undefined while a sweep is under way, after one that was cut short, and where the file is
 *   lost: nothing that was learned about stored content may be relied on later.
 */
export function readGeneration({ layout }: Repo): number | undefined {
  const text = readTextIfAny(generationPath(layout)) ?? "";
  return /^[1-9]\d{0,15}\n$/.test(text) ? Number(text) : undefined;
}

/** Whether the file says what was written into it, as far as that can be told. */
export function isGenerationSound(text: string): boolean {
  return (
    text === `${SWEEPING}\n` || (/^[1-9]\d{0,15}\n$/.test(text) && Number(text) % FACTOR === 0)
  );
}

/** The same for what is in the repository. */
export function hasSoundGeneration({ layout }: Repo): boolean {
  const text = readTextIfAny(generationPath(layout));
  return text !== undefined && isGenerationSound(text);
}

/** Whether a sweep was begun and not ended. */
export function isSweepOpen({ layout }: Repo): boolean {
  return readTextIfAny(generationPath(layout)) === `${SWEEPING}\n`;
}

/** Says that content is about to be swept. The caller holds the lock of the store, exclusively. */
export function beginSweep({ layout }: Repo): void {
  writeAtomic(generationPath(layout), `${SWEEPING}\n`, { sync: true, soleWriter: true });
}

/** Says that the sweep is done. The caller holds the lock of the store, exclusively. */
export function endSweep({ layout }: Repo): void {
  writeAtomic(generationPath(layout), makeGeneration(), { sync: true, soleWriter: true });
}

/** What the file holds in a generation of its own. */
export function makeGeneration(): string {
  const [high = 0, low = 0] = crypto.getRandomValues(new Uint32Array(2));
  return `${(Math.floor(((high & 0xfffff) * 2 ** 32 + low) / FACTOR) + 1) * FACTOR}\n`;
}
