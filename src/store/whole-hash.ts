import type { ObjectId } from "../model/entry.ts";
import type { PieceRing } from "./piece-ring.ts";

/** The SHA-256 of a file that goes through a ring. */
export interface WholeHash {
  /** Waits until `count` more bytes may be put into the ring. */
  makeRoom(count: number): void;
  /** So many bytes were put there. */
  took(count: number): void;
  /** The name of them all. Nothing else may follow. */
  finish(): ObjectId;
  /** It is not needed. */
  abandon(): void;
}

/** Hashes the bytes here, as they come. */
export class OwnHash implements WholeHash {
  readonly #ring: PieceRing;
  readonly #hasher = new Bun.CryptoHasher("sha256");
  #done = 0;

  constructor(ring: PieceRing) {
    this.#ring = ring;
  }

  makeRoom(): void {}

  took(count: number): void {
    for (const end = this.#done + count; this.#done < end; ) {
      const bytes = this.#ring.part(this.#done, end);
      this.#hasher.update(bytes);
      this.#done += bytes.length;
    }
  }

  finish(): ObjectId {
    return this.#hasher.digest("hex") as ObjectId;
  }

  abandon(): void {}
}
