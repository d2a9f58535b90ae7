const LEAST = 64;

/** Numbers of 32 bits, in a few bytes each: an array of a million would take more, and be looked at by each collection. */
export class NumberList {
  length = 0;
  private numbers = new Uint32Array(0);

  push(number: number): void {
    if (this.length === this.numbers.length) {
      const wider = new Uint32Array(Math.max(LEAST, this.length * 2));
      wider.set(this.numbers);
      this.numbers = wider;
    }
    this.numbers[this.length++] = number;
  }

  /** Gives back the memory that was taken for more. */
  trim(): void {
    this.numbers = this.numbers.slice(0, this.length);
  }

  /** The one at `index`, which must be there. */
  at(index: number): number {
    return this.numbers[index] as number;
  }
}
