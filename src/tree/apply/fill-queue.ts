/** A few neighbouring entries of one folder. */
export interface FillUnit {
  /** The number of the folder. */
  readonly folder: number;
  readonly first: number;
  /** Behind the last one. */
  readonly end: number;
}

/** Entries that are written at a time: enough to be worth opening their folder. */
const MOST_ENTRIES = 256;
/** Bytes that are: fewer entries, where they are large. */
const MOST_BYTES = 4 << 20;
const HEADER_BYTES = 8;

/** Units that several threads take from. */
export class FillQueue {
  readonly memory: SharedArrayBuffer;
  private readonly taken: Int32Array;
  private readonly numbers: Uint32Array;

  /** Over the memory of another thread's queue. */
  constructor(memory: SharedArrayBuffer) {
    this.memory = memory;
    this.taken = new Int32Array(memory, 0, 1);
    this.numbers = new Uint32Array(memory, HEADER_BYTES);
  }

  static of(units: readonly FillUnit[]): FillQueue {
    const queue = new FillQueue(new SharedArrayBuffer(HEADER_BYTES + units.length * 12));
    queue.numbers.set(units.flatMap(({ folder, first, end }) => [folder, first, end]));
    return queue;
  }

  /** Units until none are left for anybody. */
  *take(): Generator<FillUnit> {
    for (;;) {
      const at = Atomics.add(this.taken, 0, 1) * 3;
      if (at >= this.numbers.length) return;
      const [folder = 0, first = 0, end = 0] = this.numbers.subarray(at, at + 3);
      yield { folder, first, end };
    }
  }

  /** Leaves nothing for anybody. */
  close(): void {
    Atomics.store(this.taken, 0, this.numbers.length);
  }
}

/** Cuts the entries of a folder, told by their sizes, into units. */
export function cutUnits(folder: number, sizes: readonly number[]): FillUnit[] {
  const units: FillUnit[] = [];
  let first = 0;
  let bytes = 0;
  for (const [at, size] of sizes.entries()) {
    const isFull = at - first >= MOST_ENTRIES || bytes + size > MOST_BYTES;
    if (at > first && isFull) {
      units.push({ folder, first, end: at });
      first = at;
      bytes = 0;
    }
    bytes += size;
  }
  if (sizes.length > first) units.push({ folder, first, end: sizes.length });
  return units;
}
