/** Rows that several threads take from, a few neighbours at a time. */
export class RowQueue {
  readonly memory: SharedArrayBuffer;
  private readonly next: Int32Array;
  private readonly rows: Uint32Array;

  /** Over the memory of another thread's queue. */
  constructor(memory: SharedArrayBuffer) {
    this.memory = memory;
    this.next = new Int32Array(memory, 0, 1);
    this.rows = new Uint32Array(memory, 4);
  }

  static of(rows: readonly number[]): RowQueue {
    const queue = new RowQueue(new SharedArrayBuffer(4 + rows.length * 4));
    queue.rows.set(rows);
    return queue;
  }

  /** Rows until none are left for anybody. Neighbours are mostly in one folder, which is opened once. */
  *take(): Generator<number> {
    for (;;) {
      const start = Atomics.add(this.next, 0, NEIGHBOURS);
      if (start >= this.rows.length) return;
      yield* this.rows.subarray(start, start + NEIGHBOURS);
    }
  }

  /** Leaves nothing for anybody. */
  close(): void {
    Atomics.store(this.next, 0, this.rows.length);
  }
}

const NEIGHBOURS = 16;
