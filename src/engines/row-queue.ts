/** Rows that several threads take from: the large ones one by one, then a few neighbours at a time. */
export class RowQueue {
  readonly memory: SharedArrayBuffer;
  /** How often something was taken; how many rows at the beginning are large. */
  private readonly counts: Int32Array;
  private readonly rows: Uint32Array;

  /** Over the memory of another thread's queue. */
  constructor(memory: SharedArrayBuffer) {
    this.memory = memory;
    this.counts = new Int32Array(memory, 0, 2);
    this.rows = new Uint32Array(memory, COUNTS_BYTES);
  }

  static of(large: readonly number[], small: readonly number[]): RowQueue {
    const count = large.length + small.length;
    const queue = new RowQueue(new SharedArrayBuffer(COUNTS_BYTES + count * 4));
    queue.rows.set(large);
    queue.rows.set(small, large.length);
    queue.counts[1] = large.length;
    return queue;
  }

  /** Rows until none are left for anybody. Neighbours are mostly in one folder, which is opened once. */
  *take(): Generator<number> {
    const [, large = 0] = this.counts;
    for (;;) {
      const turn = Atomics.add(this.counts, 0, 1);
      const start = turn < large ? turn : large + (turn - large) * NEIGHBOURS;
      if (start >= this.rows.length) return;
      yield* this.rows.subarray(start, turn < large ? start + 1 : start + NEIGHBOURS);
    }
  }

  /** Leaves nothing for anybody. */
  close(): void {
    Atomics.store(this.counts, 0, this.rows.length);
  }
}

const NEIGHBOURS = 32;
const COUNTS_BYTES = 8;
