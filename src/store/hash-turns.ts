/** What two threads share that hash a file: one fills the ring, the other empties it. */
export interface SharedHash {
  readonly ring: SharedArrayBuffer;
  /** Int32: {@link WORD}. */
  readonly words: SharedArrayBuffer;
  /** 32 bytes, once {@link STATE} is done. */
  readonly digest: SharedArrayBuffer;
}

/** Numbers of the words. Bytes are counted modulo 2^32: their difference is never more than the ring holds. */
export const WORD = {
  /** One of {@link STATE}. */
  state: 0,
  /** Bytes put into the ring, and taken out of it. */
  put: 1,
  taken: 2,
  /** Not zero: no more bytes come. */
  ended: 3,
  /** Goes up with each change of the two above: what the emptying thread waits on, so that it misses none. */
  turn: 4,
} as const;

export const STATE = {
  /** Nobody hashes yet: whoever changes that does it. */
  free: 0,
  helped: 1,
  own: 2,
  done: 3,
  failed: 4,
} as const;

/** For a ring of so many bytes, a power of two. */
export function makeSharedHash(size: number): SharedHash {
  return {
    ring: new SharedArrayBuffer(size),
    words: new SharedArrayBuffer(5 * 4),
    digest: new SharedArrayBuffer(32),
  };
}
