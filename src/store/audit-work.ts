import type { LooseFile } from "./loose-files.ts";

/** What is to be read and hashed, most of it in memory that all threads share. */
export interface AuditWork {
  /** Large files beside the packs, the largest first. */
  readonly files: readonly LooseFile[];
  /** The paths of the packs. */
  readonly packs: readonly string[];
  /** Index rows of 64 bytes, those of one record together, in the order of the pack. */
  readonly rows: SharedArrayBuffer;
  /** How many those are; behind them there may be room. */
  readonly rowCount: number;
  /** Three numbers a part: pack, first row, row behind the last. */
  readonly parts: SharedArrayBuffer;
  /** The part that is taken next (i32), objects done (i32), MiB done (i32), the file that is taken next (i32). */
  readonly progress: SharedArrayBuffer;
}

/** Something that is not as it was written. */
export type AuditProblem = RowProblem | FileProblem;

export interface RowProblem {
  /** The row in `rows`. */
  readonly row: number;
  /** `content`: the object cannot be read from this copy; `header`: it can, but the pack was altered. */
  readonly kind: "content" | "header";
  readonly why: string;
}

/** A file does not hold what its name says. */
export interface FileProblem {
  /** Its number in `files`. */
  readonly file: number;
}

export type AuditAnswer =
  | { readonly kind: "audited"; readonly problems: readonly AuditProblem[] }
  | { readonly kind: "failed"; readonly message: string; readonly system?: SystemFailure };

/** A system call that failed in another thread. */
export interface SystemFailure {
  readonly code: string;
  readonly action: string;
  readonly path: string;
}

/** A part that somebody took. */
export interface AuditPart {
  readonly pack: number;
  readonly first: number;
  readonly end: number;
}

const NUMBERS_A_PART = 3;

/** How many parts there are. */
export function countParts({ parts }: AuditWork): number {
  return parts.byteLength / 4 / NUMBERS_A_PART;
}

/** How many objects are looked at. */
export function countObjects({ rowCount, files }: AuditWork): number {
  return rowCount + files.length;
}

/** The number of the next file that nobody has taken, or undefined. */
export function takeFile({ files, progress }: AuditWork): number | undefined {
  const number = Atomics.add(new Int32Array(progress), 3, 1);
  return number < files.length ? number : undefined;
}

/** The next part that nobody has taken, or undefined. */
export function takePart(work: AuditWork): AuditPart | undefined {
  const number = Atomics.add(new Int32Array(work.progress), 0, 1);
  if (number >= countParts(work)) return undefined;
  const at = number * NUMBERS_A_PART;
  const [pack = 0, first = 0, end = 0] = new Uint32Array(work.parts, at * 4, NUMBERS_A_PART);
  return { pack, first, end };
}

/** Leaves nothing for anybody. */
export function closeWork(work: AuditWork): void {
  const counters = new Int32Array(work.progress);
  Atomics.store(counters, 0, countParts(work));
  Atomics.store(counters, 3, work.files.length);
}
