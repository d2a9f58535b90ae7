/** How a row is taken: by itself, since it is large, with its neighbours, or not at all. */
export type Turn = "own" | "shared" | "none";

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

  /** Of these rows, those that have a turn. There may be a million of them: no list is made on the way. */
  static of(rows: readonly number[], turnOf: (row: number) => Turn): RowQueue {
    const counts = { own: 0, shared: 0, none: 0 };
    for (const row of rows) counts[turnOf(row)]++;
    const all = counts.own + counts.shared;
    const queue = new RowQueue(new SharedArrayBuffer(COUNTS_BYTES + all * 4));
    queue.counts[1] = counts.own;
    const next = { own: 0, shared: counts.own, none: all };
    for (const row of rows) queue.rows[next[turnOf(row)]++] = row;
    return queue;
  }

  /** How many have turns of their own. */
  get large(): number {
    return this.counts[1] as number;
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
