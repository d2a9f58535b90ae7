import { ERROR_CODES, explainError, JvsError, systemCodeOf } from "../model/errors.ts";
import { AdvisedError } from "./advised-error.ts";
import type { Io } from "./io.ts";
import { inLines, onOneLine, tell } from "./terminal.ts";
import { UsageError } from "./usage-error.ts";

export interface FailureOptions {
  readonly json: boolean;
  readonly debug: boolean;
}

/** Situations whose messages users know without `jvs: ` in front. */
const BARE = /^(not a JVS repository \(or|(snapshot|worktree) '.*' not found)/s;

/** The one place where a failure becomes words and an exit status. */
export function reportFailure(error: unknown, io: Io, { json, debug }: FailureOptions): number {
  // Whoever read our output has seen enough (`jvs history | head`).
  if (systemCodeOf(error) === "EPIPE") return 0;
  const failure = toJvsError(error);
  const isAdvised = failure instanceof AdvisedError;
  printForPrograms(failure, io, json);
  tell(io, inWords(failure));
  const advice = isAdvised ? failure.advice : hintLines(failure);
  if (isAdvised && !json) ignoreBrokenStdout(() => io.out(`${inLines(advice)}\n`));
  else if (advice !== "") tell(io, advice);
  if (debug) tell(io, traceOf(error));
  return ERROR_CODES[failure.code].exit;
}

function toJvsError(error: unknown): JvsError {
  const known = explainError(error);
  if (known instanceof JvsError) return known;
  const message = known instanceof Error ? `${known.name}: ${known.message}` : String(known);
  return new JvsError(`this is a bug in jvs, please report it: ${message}`, {
    code: "E_BUG",
    hint: "Add what `jvs --debug` prints with the same command; the repository heals with the next command",
    cause: known,
  });
}

function printForPrograms(failure: JvsError, io: Io, json: boolean): void {
  if (!json) return;
  const { code, message, hint = "", details } = failure;
  const error = { code, message, hint: hint.trim(), status: ERROR_CODES[code].exit, details };
  ignoreBrokenStdout(() => io.out(`${JSON.stringify({ error }, null, 2)}\n`));
}

/** The failure to report is another one, and it still goes to stderr. */
function ignoreBrokenStdout(print: () => void): void {
  try {
    print();
  } catch {}
}

function inWords(failure: JvsError): string {
  const isBare = failure instanceof UsageError || BARE.test(failure.message);
  return `${isBare ? "" : "jvs: "}${onOneLine(failure.message)}`;
}

/** Each line of a hint stands two spaces in. A hint that begins with a blank line stands as it is. */
function hintLines({ hint = "" }: JvsError): string {
  return hint === "" || hint.startsWith("\n") ? hint : hint.replace(/^/gm, "  ");
}

function traceOf(error: unknown): string {
  const traces: string[] = [];
  for (let at = error; at instanceof Error && traces.length < 10; at = at.cause)
    traces.push(at.stack ?? String(at));
  return traces.join("\ncaused by: ") || String(error);
}
