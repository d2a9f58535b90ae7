import { type SharedHash, STATE, WORD } from "./hash-turns.ts";

/** Hashes one large file that another thread reads and cuts into chunks. */
declare const self: Worker;

self.onmessage = ({ data }: MessageEvent<SharedHash>): void => {
  const words = new Int32Array(data.words);
  // Where the other one did not want to wait any longer it hashes the file itself.
  if (Atomics.compareExchange(words, WORD.state, STATE.free, STATE.helped) !== STATE.free) return;
  try {
    hash(data, words);
    Atomics.store(words, WORD.state, STATE.done);
  } catch {
    Atomics.store(words, WORD.state, STATE.failed);
  }
  Atomics.notify(words, WORD.state);
  Atomics.notify(words, WORD.taken);
};

/** In a core's own cache as it was when it was read. */
const PIECE_BYTES = 256 << 10;

function hash({ ring, digest }: SharedHash, words: Int32Array): void {
  const bytes = new Uint8Array(ring);
  const hasher = new Bun.CryptoHasher("sha256");
  for (let taken = 0; ; ) {
    const turn = Atomics.load(words, WORD.turn);
    const isEnded = Atomics.load(words, WORD.ended) !== 0;
    const ready = (Atomics.load(words, WORD.put) - taken) | 0;
    if (ready === 0 && isEnded) break;
    if (ready === 0) {
      Atomics.wait(words, WORD.turn, turn);
      continue;
    }
    const offset = taken % bytes.length;
    const count = Math.min(ready, PIECE_BYTES, bytes.length - offset);
    hasher.update(bytes.subarray(offset, offset + count));
    taken = (taken + count) >>> 0;
    Atomics.store(words, WORD.taken, taken | 0);
    Atomics.notify(words, WORD.taken);
  }
  new Uint8Array(digest).set(hasher.digest());
}
