import { closeSync } from "node:fs";
import { JvsError, systemCodeOf } from "../model/errors.ts";
import type { OperationRecord } from "../model/operation.ts";
import { faultOf, openControlFile } from "./control-file.ts";
import { parseJsonObject } from "./json-object.ts";
import { faultKey, knownIn } from "./known-faults.ts";
import type { Layout } from "./layout.ts";
import { listLogPaths } from "./log-files.ts";
import { readLogHead } from "./log-head.ts";
import { LogKnowledge } from "./log-knowledge.ts";
import { type LogLine, linesBackwards } from "./log-lines.ts";
import { hashOperation, isTorn, parseLogLine } from "./log-record.ts";

/** What is wrong with the operation log. */
export interface LogFault {
  readonly path: string;
  /** `torn`: what a crash leaves at the end; the next command cuts it off. */
  readonly kind: "altered" | "gap" | "garbled" | "torn" | "cut-head";
  readonly why: string;
  /** See {@link faultKey}. */
  readonly key: string;
}

/** The whole log, every hash computed anew. */
export interface LogInspection {
  readonly faults: readonly LogFault[];
  /** Files of the log, and the one that remembers its end, that cannot be read, and why. */
  readonly unreadable: readonly { readonly path: string; readonly why: string }[];
  /** What was remembered beside the log as the hash of its newest record. */
  readonly head: string | undefined;
  /** The `record_hash` of each record. */
  readonly hashes: ReadonlySet<string>;
  /** `event_id` of each record. */
  readonly events: ReadonlySet<string>;
  readonly known: LogKnowledge;
  /** The faults that later operations took note of, and the `seq` of those. */
  readonly acknowledged: ReadonlyMap<string, number>;
  readonly oldest: OperationRecord | undefined;
  readonly newest: OperationRecord | undefined;
}

/** Reads the log from its end to its beginning, and compares each record with its hash and its neighbour. */
export function inspectLog(layout: Layout): LogInspection {
  // Read first: what is appended meanwhile only makes it an older one.
  const walk = new LogWalk();
  walk.tryRead(layout.logHead, () => {
    walk.head = readLogHead(layout);
  });
  for (const path of listLogPaths(layout)) walk.tryRead(path, () => readInto(walk, path));
  walk.end();
  return walk;
}

function readInto(walk: LogWalk, path: string): void {
  const fd = openControlFile(path);
  if (fd === undefined) return;
  try {
    for (const line of linesBackwards(fd)) walk.take(path, line);
  } finally {
    closeSync(fd);
  }
}

class LogWalk implements LogInspection {
  head: string | undefined;
  readonly faults: LogFault[] = [];
  readonly unreadable: { path: string; why: string }[] = [];
  readonly hashes: Set<string> = new Set();
  readonly events: Set<string> = new Set();
  readonly known: LogKnowledge = new LogKnowledge();
  readonly acknowledged: Map<string, number> = new Map();
  oldest: OperationRecord | undefined;
  newest: OperationRecord | undefined;
  #path = "";
  /** Lines without sense since the record that was read last, which is a later one. */
  #garbled = 0;

  /** Damage keeps nobody from looking at the rest. */
  tryRead(path: string, read: () => void): void {
    try {
      read();
    } catch (error) {
      if (!(error instanceof JvsError) && systemCodeOf(error) === "") throw error;
      this.unreadable.push({ path, why: faultOf(error) });
    }
  }

  take(path: string, line: LogLine): void {
    const record = parseLogLine(line);
    this.#path = path;
    if (record === undefined) this.#takeGarbled(line);
    else this.#takeRecord(record, line);
  }

  /** The beginning was reached. */
  end(): void {
    const { oldest } = this;
    if (oldest === undefined || (oldest.seq === 1 && oldest.prev_hash === "")) return;
    if (this.#garbled > 0) return; // It is told already.
    const why = `the log begins with operation ${oldest.seq}: what was before it is gone`;
    this.#fault("cut-head", why, oldest.record_hash);
  }

  #takeGarbled(line: LogLine): void {
    const isAtEnd = this.oldest === undefined && this.#garbled === 0;
    this.#garbled++;
    const where = `the line at byte ${line.start}`;
    if (isAtEnd && isTorn(line))
      this.#fault("torn", `${where}, the last one, is cut off`, line.bytes);
    else this.#fault("garbled", `${where} makes no sense`, line.bytes);
  }

  #takeRecord(record: OperationRecord, line: LogLine): void {
    const { seq, record_hash, event_id } = record;
    const isSpelled =
      JSON.stringify(parseJsonObject(line.bytes.toString("utf8"))) === line.bytes.toString("utf8");
    const isIntact = isSpelled && hashOperation(record) === record_hash;
    const why = `operation ${seq} is not what was written: its hash does not match`;
    if (!isIntact) this.#fault("altered", why, line.bytes);
    else for (const key of knownIn(record)) this.acknowledged.set(key, seq);
    if (!line.complete)
      this.#fault("torn", `operation ${seq}, the last one, lacks its line end`, line.bytes);
    this.#compareWithLater(record);
    this.hashes.add(record_hash);
    this.events.add(event_id);
    this.known.take(record);
    this.newest ??= record;
    this.oldest = record;
    this.#garbled = 0;
  }

  #compareWithLater({ seq, record_hash }: OperationRecord): void {
    const later = this.oldest;
    if (later === undefined) return;
    const about = [later.record_hash, record_hash];
    if (later.prev_hash !== record_hash && this.#garbled === 0)
      this.#fault("gap", `operation ${later.seq} does not follow operation ${seq}`, ...about);
    else if (later.seq !== seq + 1 + this.#garbled)
      this.#fault("gap", `operation ${later.seq} comes after operation ${seq}`, ...about);
  }

  #fault(kind: LogFault["kind"], why: string, ...about: readonly (string | Uint8Array)[]): void {
    this.faults.push({ path: this.#path, kind, why, key: faultKey(kind, ...about) });
  }
}
