import { JvsError } from "../model/errors.ts";
import type { Progress, ProgressUpdate } from "../model/progress.ts";
import type { Io } from "./io.ts";
import { formatCount, formatSize } from "./render/numbers.ts";
import { CLEAR_LINE } from "./terminal.ts";

/** Work shorter than this shows nothing. */
const QUIET_MS = 500;
const MS_BETWEEN_LINES = 100;
/** How long signals may have to wait. */
const MS_BETWEEN_BREATHS = 50;

/** One line on stderr, written over and over, and the ear for Ctrl-C. */
export class ProgressLine implements Progress {
  readonly #io: Io;
  readonly #shown: boolean;
  readonly #start: number;
  #update: ProgressUpdate | undefined;
  #phaseStart = 0;
  /** How long the phase had taken when {@link ProgressLine.report} was called last. */
  #updateMs = 0;
  #lastLine: number;
  #lastBreath: number;
  #isLineUp = false;
  #isListening = false;
  #isInterrupted = false;

  constructor(io: Io, { shown }: { readonly shown: boolean }) {
    this.#io = io;
    this.#shown = shown;
    this.#start = io.ticks();
    this.#lastLine = this.#start + QUIET_MS - MS_BETWEEN_LINES;
    this.#lastBreath = this.#start;
  }

  report(update: ProgressUpdate): void {
    if (!this.#shown) return;
    const now = this.#io.ticks();
    if (update.phase !== this.#update?.phase) this.#phaseStart = now;
    this.#update = update;
    this.#updateMs = now - this.#phaseStart;
    this.#show(now);
  }

  async breathe(): Promise<void> {
    // From here on somebody heeds the signal. Before, the system may end the process at once.
    if (!this.#isListening) this.#listen();
    this.#stopIfAsked();
    const now = this.#io.ticks();
    if (now - this.#lastBreath < MS_BETWEEN_BREATHS) return;
    // One large file can take long without a word.
    this.#show(now);
    await new Promise((resolve) => setImmediate(resolve));
    this.#lastBreath = this.#io.ticks();
    this.#stopIfAsked();
  }

  /** Takes the line off the screen. */
  clear(): void {
    if (this.#isLineUp) this.#io.err(CLEAR_LINE);
    this.#isLineUp = false;
  }

  #show(now: number): void {
    if (this.#update === undefined || now - this.#lastLine < MS_BETWEEN_LINES) return;
    this.#lastLine = now;
    this.#isLineUp = true;
    const line = describeProgress(this.#update, this.#updateMs);
    this.#io.err(CLEAR_LINE + line.slice(0, Math.max(1, this.#io.columns - 1)));
  }

  #stopIfAsked(): void {
    if (this.#isInterrupted) throw interrupted();
  }

  #listen(): void {
    this.#isListening = true;
    this.#io.onInterrupt(() => {
      this.#isInterrupted = true;
    });
  }
}

function describeProgress({ phase, done, total, bytes }: ProgressUpdate, ms: number): string {
  const parts = [phase];
  if (total !== undefined) parts.push(`${formatCount(done)}/${formatCount(total)}`);
  else if (done > 0) parts.push(formatCount(done));
  if (total !== undefined && total > 0) parts.push(`${Math.floor((done / total) * 100)}%`);
  if (bytes !== undefined) {
    parts.push(formatSize(bytes));
    if (ms >= MS_BETWEEN_LINES) parts.push(`${formatSize((bytes / ms) * 1000)}/s`);
  }
  return parts.join("  ");
}

function interrupted(): JvsError {
  return new JvsError("interrupted; nothing was changed", {
    code: "E_INTERRUPTED",
    hint: "Run the command again to do it",
  });
}
