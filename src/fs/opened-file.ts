import type { Place } from "./at.ts";

/** A file that is open for reading, and where it was opened. */
export interface OpenedFile {
  readonly fd: number;
  readonly place: Place;
  /** Nobody has it open for writing: there is nothing to be synced before it is cloned. */
  readonly isAtRest?: boolean;
}

/** The same; disposal closes it. */
export type HeldFile = OpenedFile & Disposable;
