import { closeFd } from "../fs/at.ts";
import { fstatSync, ftruncateSync } from "../fs/files.ts";
import { lookAfresh } from "../fs/look-afresh.ts";
import { syncFile, writeAll } from "../fs/write-atomic.ts";
import { JvsError, systemCodeOf } from "../model/errors.ts";
import { failPoint } from "../model/fail-point.ts";
import type { OperationRecord } from "../model/operation.ts";
import { openControlFileToAppend, refuseIrregular } from "./control-file.ts";
import { withFolderOf } from "./folders.ts";
import type { Layout } from "./layout.ts";
import { tryLockPath } from "./lock-file.ts";
import { openLogFiles, rotateLog } from "./log-files.ts";
import { writeLogHead } from "./log-head.ts";
import { hashOperation, operationsBackwards } from "./log-record.ts";
import { findLast, findRecent, readTail } from "./log-tail.ts";
import type { Repo } from "./repo.ts";

/** An operation before the log has given it its place. */
export interface NewOperation
  extends Pick<OperationRecord, "operation" | "actor" | "target" | "reason" | "refs"> {
  readonly now: Date;
  /** Given by a command that may be finished by another one: it is then logged only once. */
  readonly event_id?: string;
}

const ROTATE_AT = 100_000_000;
/** The lock is held for well under a millisecond. */
const LOCK_TIMEOUT_MS = 10_000;

/**
 * Appends the operation to the log, in one write, and gives back its record. What a crash left at
 * the end is cut off first. A damaged line is left where it is, for `verify` to report, and does
 * not keep anybody from working. With the `event_id` of a recent operation nothing is appended.
 *
 * Not synced, see {@link syncLog}.
 *
 * @throws E_LOCKED when the log stays locked; E_CONFIG, see {@link refuseIrregularLog}; SystemError, with the log as it was, when it cannot be written.
 */
export function appendOperation(repo: Repo, operation: NewOperation): OperationRecord {
  refuseIrregularLog(repo.layout);
  const lock = lockLog(repo.layout);
  try {
    lookAfresh([repo.layout.audit]); // Another host may have appended since we looked.
    const { event_id } = operation;
    const logged = event_id === undefined ? undefined : findRecent(repo.layout, event_id);
    const record = logged ?? append(repo, operation);
    failPoint("log-appended");
    const newest = logged === undefined ? record : findLast(repo.layout);
    writeLogHead(repo.layout, newest?.record_hash ?? "");
    failPoint("after-log");
    return record;
  } finally {
    closeFd(lock);
  }
}

/**
 * Refuses to begin what could not be logged.
 *
 * @throws E_CONFIG when something else than a file is where the log is, or what remembers its end
 */
export function refuseIrregularLog({ auditLog, logHead }: Layout): void {
  refuseIrregular(auditLog);
  refuseIrregular(logHead);
}

/** Whether one of the last 50 operations has this `event_id`. */
export function hasOperation(repo: Repo, event_id: string): boolean {
  return findRecent(repo.layout, event_id) !== undefined;
}

/** `record_hash` of the last operation, or "" when there is none. */
export function logHead(repo: Repo): string {
  return findLast(repo.layout)?.record_hash ?? "";
}

/**
 * All operations, newest first. Reads only as far back as the caller goes.
 *
 * @throws E_AUDIT_CHAIN_BROKEN at a line that makes no sense and that no later operation took note of. Hashes are
 *   not compared.
 */
export function* readOperationsBackwards({ layout }: Repo): Generator<OperationRecord> {
  const known = new Set<string>();
  for (const fd of openLogFiles(layout)) yield* operationsBackwards(fd, known);
}

/** Sends what was appended to the disk. */
export function syncLog({ layout }: Repo): void {
  try {
    syncFile(layout.auditLog);
  } catch (error) {
    if (systemCodeOf(error) !== "ENOENT") throw error; // Nothing was ever appended.
  }
}

function append(repo: Repo, operation: NewOperation): OperationRecord {
  const { auditLog } = repo.layout;
  const fd = withFolderOf(auditLog, () => openControlFileToAppend(auditLog));
  try {
    const tail = readTail(fd);
    const record = seal(operation, tail.last ?? findLast(repo.layout), tail.damaged);
    if (fstatSync(fd).size > tail.length) ftruncateSync(fd, tail.length);
    const line = `${tail.lacksNewline ? "\n" : ""}${JSON.stringify(record)}\n`;
    appendText(fd, line, repo.layout);
    if (fstatSync(fd).size >= ROTATE_AT) rotateLog(repo.layout, fd, record.seq);
    return record;
  } finally {
    closeFd(fd);
  }
}

function seal(
  { now, event_id = crypto.randomUUID(), ...operation }: NewOperation,
  last: OperationRecord | undefined,
  damaged: number,
): OperationRecord {
  const record = {
    seq: (last?.seq ?? 0) + damaged + 1,
    event_id,
    timestamp: now.toISOString(),
    operation: operation.operation,
    actor: operation.actor,
    target: operation.target,
    reason: operation.reason,
    refs: operation.refs,
    prev_hash: last?.record_hash ?? "",
  };
  return { ...record, record_hash: hashOperation(record) };
}

/** Half a line on a full disk is taken back at once. */
function appendText(fd: number, text: string, { auditLog }: Layout): void {
  const { size } = fstatSync(fd);
  try {
    writeAll(fd, Buffer.from(text), auditLog);
  } catch (error) {
    ftruncateSync(fd, size);
    throw error;
  }
}

/** Waits without yielding: the wait is short, and a log line must not be torn from its operation. */
function lockLog({ logLock }: Layout): number {
  const deadline = performance.now() + LOCK_TIMEOUT_MS;
  for (;;) {
    const fd = tryLockPath(logLock);
    if (fd !== undefined) return fd;
    if (performance.now() >= deadline) break;
    Bun.sleepSync(1);
  }
  throw new JvsError("Cannot append to the operation log: another process keeps it locked", {
    code: "E_LOCKED",
    hint: "Look for a jvs that is stopped or hangs, and end it",
    details: { lock: logLock },
  });
}
