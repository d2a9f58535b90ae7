/** One line of the table. */
export interface Row {
  readonly goal: string;
  readonly work: string;
  readonly fileSystem: string;
  readonly against: string;
  /** What the figures are; milliseconds unless it says so. */
  readonly unit?: "KiB";
  readonly jvs: Figures;
  /** Absent where the goal is a number of milliseconds. */
  readonly peer?: Figures;
  /** Absent where the goal is a number of milliseconds. */
  readonly ratio?: Ratio;
  readonly atMost?: number;
  readonly atMostMs?: number;
  /** Absent where there is no goal. */
  readonly isMet?: boolean;
}

/** What one program needed, in milliseconds and mebibytes. */
export interface Figures {
  readonly name: string;
  readonly ms: Spread;
  /** User and system time together. */
  readonly cpuMs: Spread;
  /** The most memory that one program held, in the run before the measured ones. */
  readonly rssMb?: number;
  /** Every run, in the order in which they were made. */
  readonly runs: readonly number[];
}

export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** The time of jvs divided by the peer's. */
export interface Ratio {
  /** Of the two medians: what the goal is held against. */
  readonly ofMedians: number;
  /** Of the two runs of each round. */
  readonly pairs: Spread;
}

/** Names a row the same way in every run. */
export function keyOf({ goal, work, fileSystem, against }: Row): string {
  return [goal, work, fileSystem, against].join(" | ");
}
