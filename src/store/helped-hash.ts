import { startWorker } from "../fs/start-worker.ts";
import type { ObjectId } from "../model/entry.ts";
import { makeSharedHash, type SharedHash, STATE, WORD } from "./hash-turns.ts";
import { PieceRing } from "./piece-ring.ts";
import { OwnHash, type WholeHash } from "./whole-hash.ts";

/** How long a second thread may take to start, in ms, before this one does its work. */
const START_MS = 100;
/** How often is looked whether it has failed. */
const LOOK_MS = 1000;

/**
 * Hashes a file in a second thread while this one does something else with the same bytes. Does it
 * here where the other thread does not start, so that nobody ever waits for what does not come.
 */
export class HelpedHash implements WholeHash {
  readonly ring: PieceRing;
  readonly #shared: SharedHash;
  readonly #words: Int32Array;
  readonly #worker: Worker;
  /** Once it is clear that the other thread does not help. */
  #own: OwnHash | undefined;

  /** The ring will have so many bytes, a power of two. */
  constructor(size: number) {
    this.#shared = makeSharedHash(size);
    this.#words = new Int32Array(this.#shared.words);
    this.ring = new PieceRing(this.#shared.ring);
    this.#worker = startWorker("store/hash.worker.ts");
    // It cannot start: noticed by waiting.
    this.#worker.onerror = (event) => event.preventDefault();
    this.#worker.postMessage(this.#shared);
  }

  makeRoom(count: number): void {
    while (this.#own === undefined && this.#waiting + count > this.ring.size) this.#wait();
  }

  took(count: number): void {
    if (this.#own !== undefined) this.#own.took(count);
    else this.#tell(WORD.put, (this.#word(WORD.put) + count) | 0);
  }

  finish(): ObjectId {
    this.#tell(WORD.ended, 1);
    while (this.#own === undefined && this.#word(WORD.state) !== STATE.done) this.#wait();
    this.#worker.terminate();
    return this.#own?.finish() ?? (Buffer.from(this.#shared.digest).toString("hex") as ObjectId);
  }

  abandon(): void {
    this.#tell(WORD.ended, 1);
    this.#worker.terminate();
  }

  /** Bytes in the ring that nobody hashed. */
  get #waiting(): number {
    return (this.#word(WORD.put) - this.#word(WORD.taken)) | 0;
  }

  #word(number: number): number {
    return Atomics.load(this.#words, number);
  }

  #tell(number: number, value: number): void {
    Atomics.store(this.#words, number, value);
    Atomics.add(this.#words, WORD.turn, 1);
    Atomics.notify(this.#words, WORD.turn);
  }

  /** Until the other thread has started, hashed some of it, or all. */
  #wait(): void {
    const taken = this.#word(WORD.taken);
    const state = this.#word(WORD.state);
    if (state === STATE.failed) throw new Error("the thread that hashed a large file has failed");
    if (state === STATE.done || (state === STATE.helped && this.#waiting === 0)) {
      if (state !== STATE.done) Atomics.wait(this.#words, WORD.state, state, LOOK_MS);
      return;
    }
    const timeout = state === STATE.free ? START_MS : LOOK_MS;
    const isLate = Atomics.wait(this.#words, WORD.taken, taken, timeout) === "timed-out";
    if (isLate && state === STATE.free) this.#takeOver();
  }

  /** Nothing left the ring yet, so all of the file is still in it. */
  #takeOver(): void {
    const before = Atomics.compareExchange(this.#words, WORD.state, STATE.free, STATE.own);
    if (before !== STATE.free) return;
    this.#own = new OwnHash(this.ring);
    this.#own.took(this.#word(WORD.put));
  }
}
