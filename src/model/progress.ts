/** How far a long piece of work is. */
export interface ProgressUpdate {
  /** What is being done, in a word or two: "scanning", "storing", "writing". */
  readonly phase: string;
  readonly done: number;
  /** Absent while nobody knows. */
  readonly total?: number;
  readonly bytes?: number;
}

/** Handed down to whoever does long work. */
export interface Progress {
  /** Cheap enough to call for every file. */
  report(update: ProgressUpdate): void;
  /**
   * Lets signals in. Long loops await it now and then, at places where stopping is clean.
   * Throws E_INTERRUPTED once the user has asked to stop.
   */
  breathe(): Promise<void>;
}

/** For callers that show nothing and are never interrupted. */
export const SILENT: Progress = { report() {}, async breathe() {} };
