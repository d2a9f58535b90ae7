/** A file that the kernel says is as the index has it. */
export const UNTOUCHED = 1;
/** A folder all of whose children were looked at; of itself it says nothing. */
const FINISHED = 2;

/** How the threads of one scan speak to each other: a few words of shared memory. */
export class ScanControl {
  readonly memory: SharedArrayBuffer;
  private readonly words: Int32Array;
  /** UNTOUCHED for each row of the index that a helper found so, FINISHED for each folder that it went over. */
  readonly found: Uint8Array;

  /** Over the memory of another thread's control. */
  constructor(memory: SharedArrayBuffer) {
    this.memory = memory;
    this.words = new Int32Array(memory, 0, HEADER_WORDS);
    this.found = new Uint8Array(memory, HEADER_WORDS * 4);
  }

  static forRows(rows: number): ScanControl {
    return new ScanControl(new SharedArrayBuffer(HEADER_WORDS * 4 + rows));
  }

  /** The scan has come to the folder whose children begin at this row; helpers come from the other end. */
  advanceTo(firstChild: number): void {
    Atomics.store(this.words, FRONTIER, firstChild);
  }

  frontier(): number {
    return Atomics.load(this.words, FRONTIER);
  }

  /** The scan is done, or given up. */
  stop(): void {
    Atomics.store(this.words, FRONTIER, 0x7fffffff);
  }

  /** The next folder from the end, as a number that counts up; each helper gets others. */
  takeTurn(): number {
    return Atomics.add(this.words, TURN, 1);
  }

  finishFolder(row: number): void {
    Atomics.store(this.found, row, FINISHED);
  }

  isFolderFinished(row: number): boolean {
    return Atomics.load(this.found, row) === FINISHED;
  }
}

const HEADER_WORDS = 2;
const FRONTIER = 0;
const TURN = 1;
