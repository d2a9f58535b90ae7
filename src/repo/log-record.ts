import { JvsError } from "../model/errors.ts";
import type { OperationRecord } from "../model/operation.ts";
import { hashRecord } from "./hash-record.ts";
import { parseJsonObject } from "./json-object.ts";
import { faultKey, knownIn } from "./known-faults.ts";
import { type LogLine, linesBackwards } from "./log-lines.ts";

/** What `record_hash` of the operation must be. */
export function hashOperation(
  operation: OperationRecord | Omit<OperationRecord, "record_hash">,
): string {
  return hashRecord(operation, ["record_hash"]);
}

/** The operation in a line, or undefined when the line holds none, or not all of it. */
export function parseLogLine({ bytes, complete }: LogLine): OperationRecord | undefined {
  const object = parseJsonObject(bytes.toString("utf8"));
  const { seq, record_hash, prev_hash } = object ?? {};
  const looksRight =
    Number.isSafeInteger(seq) && typeof record_hash === "string" && typeof prev_hash === "string";
  if (!looksRight) return undefined;
  const record = object as unknown as OperationRecord;
  // Without its newline a line counts only if it proves that nothing else is missing.
  return complete || hashOperation(record) === record_hash ? record : undefined;
}

/**
 * Whether a last line that holds no operation is what a crash leaves: part of a line, or zeros where
 * the disk never got the bytes.
 */
export function isTorn({ bytes, complete }: LogLine): boolean {
  return !complete || bytes.includes(0);
}

/**
 * The operations in one open file of the log, newest first. What a crash left at the end is passed over.
 *
 * @param known the faults that operations in later files took note of; grows
 * @throws E_AUDIT_CHAIN_BROKEN at a line that makes no sense, unless a later operation took note of it.
 */
export function* operationsBackwards(fd: number, known: Set<string>): Generator<OperationRecord> {
  let isTail = true;
  for (const line of linesBackwards(fd)) {
    const record = parseLogLine(line);
    if (record !== undefined) {
      for (const key of knownIn(record)) known.add(key);
      yield record;
    } else if (!isPassable(line, { isTail, known })) throw broken(line);
    isTail = isTail && record === undefined;
  }
}

/** What a crash left at the end, or somebody took note of. */
function isPassable(
  line: LogLine,
  { isTail, known }: { isTail: boolean; known: ReadonlySet<string> },
): boolean {
  return (isTail && isTorn(line)) || known.has(faultKey("garbled", line.bytes));
}

function broken({ start }: LogLine): JvsError {
  return new JvsError(`Cannot read the operation log: the line at byte ${start} makes no sense`, {
    code: "E_AUDIT_CHAIN_BROKEN",
    hint: "Snapshots are not affected; put the log back from a backup, or take note of it with `jvs doctor --repair`",
    details: { offset: start },
  });
}
