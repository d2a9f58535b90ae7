import { fstatSync } from "../fs/files.ts";
import type { OperationRecord } from "../model/operation.ts";
import type { Layout } from "./layout.ts";
import { logLinesBackwards } from "./log-files.ts";
import { linesBackwards } from "./log-lines.ts";
import { isTorn, parseLogLine } from "./log-record.ts";

/** How far back an operation is looked for: work that was cut short is finished by the next command. */
const RECENT = 50;

/** What whoever appends must know of the file that is in use. */
export interface LogTail {
  /** The last operation in this file. */
  readonly last: OperationRecord | undefined;
  /** Lines after it that make no sense. */
  readonly damaged: number;
  /** The length of the file without what a crash left at its end. */
  readonly length: number;
  /** Whether all of the last line is there but its newline. */
  readonly lacksNewline: boolean;
}

/** Looks at the end of the open file. */
export function readTail(fd: number): LogTail {
  let damaged = 0;
  let length = fstatSync(fd).size;
  for (const line of linesBackwards(fd)) {
    const last = parseLogLine(line);
    if (last !== undefined) return { last, damaged, length, lacksNewline: !line.complete };
    if (damaged === 0 && isTorn(line)) length = line.start;
    else damaged++;
  }
  return { last: undefined, damaged, length, lacksNewline: false };
}

/** The last operation of the log. Passes over lines that make no sense: the log must go on from somewhere. */
export function findLast(layout: Layout): OperationRecord | undefined {
  for (const line of logLinesBackwards(layout)) {
    const record = parseLogLine(line);
    if (record !== undefined) return record;
  }
  return undefined;
}

/** The operation with this `event_id`, if it is among the last 50. */
export function findRecent(layout: Layout, event_id: string): OperationRecord | undefined {
  const wanted = JSON.stringify(event_id);
  let left = RECENT;
  for (const line of logLinesBackwards(layout)) {
    if (left-- === 0) break;
    const record = line.bytes.includes(wanted) ? parseLogLine(line) : undefined;
    if (record?.event_id === event_id) return record;
  }
  return undefined;
}
