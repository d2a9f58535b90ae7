import type { Row } from "./row.ts";
import type { Site, SiteName } from "./sites.ts";
import type { Step } from "./steps.ts";

/** One piece of work that is measured: a file in cases/ and a line in cases.ts. */
export interface Case {
  /** The goal it belongs to, as --only names it. */
  readonly goal: string;
  readonly title: string;
  /** How often everything is run where --runs does not say. */
  readonly runs: number;
  /** The only site that it is for. Cases that name none are held on all but JuiceFS. */
  readonly site?: SiteName;

  /** Lays out its trees in `bench.folder`, which is empty and is removed afterwards. */
  run(bench: Bench): Promise<void>;
}

/** What a case works with, on one file system. */
export interface Bench {
  readonly site: Site;
  readonly folder: string;
  /** Whether trees of 100,000 files and more were asked for. */
  readonly isLarge: boolean;
  /** Whether one small look is enough: the first tree alone. */
  readonly isQuick: boolean;
  /** Whether this is the first file system: for what touches none. */
  readonly isFirst: boolean;

  /** Whether this program is installed; one that is not has been named as not measured. */
  has(program: string): boolean;

  /** Runs programs that nobody measures. Throws when one fails. */
  run(...steps: readonly Step[]): void;

  /** Adds a line to the table, for what is not a contest. */
  add(row: Row): void;

  /** Runs a contest, every program in turn, round after round; adds one row for each peer. */
  compare(contest: Contest): Promise<void>;
}

/** The same work for jvs and for others, in trees that are alike. */
export interface Contest {
  readonly work: string;
  readonly jvs: Contestant;
  readonly peers: readonly Peer[];
  /** A goal in milliseconds that jvs has to meet, whatever the others do. */
  readonly atMostMs?: number;
  /** Quiet time before each run, where `prepare` leaves work to the kernel. */
  readonly settleMs?: number;
}

export interface Contestant {
  readonly name: string;

  /**
   * Brings its tree to where the work starts. Not measured, called before each run. Contestants
   * that get the same round must end up with the same tree.
   */
  prepare(round: number): void | Promise<void>;

  /** What is measured: whole programs, one after the other, their times added up. */
  readonly steps: readonly Step[];
}

export interface Peer extends Contestant {
  /** The goal: time of jvs divided by the time of this peer. None: the row is for orientation. */
  readonly atMost?: number;
}
