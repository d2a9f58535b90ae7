/** Something that is wrong with the operation log, and does not go away by itself. */
export interface LogBreak {
  /** Which check found it. */
  readonly code: string;
  readonly why: string;
  readonly path: string;
  /** By which it is known again, see faultKey. */
  readonly key: string;
}
