import type { IdKey } from "./id-key.ts";

const BITS_PER_ID = 64;

/**
 * Says of nearly all ids that are not in a set that they are not, by four bits of each (B. H. Bloom,
 * "Space/time trade-offs in hash coding with allowable errors", 1970). Ids are hashes already.
 */
export class IdFilter {
  readonly #words: Int32Array;
  readonly #mask: number;

  /** For up to `ids` ids, a power of two: of others one in 70,000 is taken for one of them. */
  constructor(ids: number) {
    this.#words = new Int32Array((ids * BITS_PER_ID) / 32);
    this.#mask = ids * BITS_PER_ID - 1;
  }

  add({ words }: IdKey): void {
    for (let part = 0; part < 4; part++) {
      const bit = (words[part] as number) & this.#mask;
      this.#words[bit >> 5] = (this.#words[bit >> 5] as number) | (1 << (bit & 31));
    }
  }

  mayHave({ words }: IdKey): boolean {
    for (let part = 0; part < 4; part++) {
      const bit = (words[part] as number) & this.#mask;
      if (((this.#words[bit >> 5] as number) & (1 << (bit & 31))) === 0) return false;
    }
    return true;
  }
}
