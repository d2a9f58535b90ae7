import { closeSync } from "node:fs";
import { Garbage } from "../model/garbage.ts";
import { type AuditPart, type AuditProblem, type AuditWork, takePart } from "./audit-work.ts";
import { parseChunkList } from "./chunk-list.ts";
import { hashObject, idAt } from "./id-key.ts";
import { openForReading } from "./open-for-reading.ts";
import {
  CHUNK_LIST,
  decodeRow,
  GROUP_LIMIT,
  HEADER_SIZE,
  isGrouped,
  isHeaderIntact,
  makeRowMemory,
  type ObjectRow,
  RAW,
  ROW_SIZE,
  type RowMemory,
  xxh3,
} from "./pack-format.ts";
import { PackWindow } from "./pack-window.ts";
import { inflate } from "./payload.ts";

const MIB = 1 << 20;
/** Views, numbers and names that are made to look at one object. */
const THINGS_AN_OBJECT = 4;
/** Of unpacked content; as much as a few of those. */
const BYTES_A_THING = 512;

/**
 * Takes part after part, until none are left, and hashes every object in it. Comes back after each
 * part, so that the caller can look around.
 *
 * @throws the system's error for a pack that cannot be read, `ENOENT` for one that went away
 */
export function* auditParts(work: AuditWork, problems: AuditProblem[]): Generator<void> {
  const rows = makeRowMemory(new Uint8Array(work.rows));
  using pack = new OpenPack();
  const garbage = new Garbage();
  for (let part = takePart(work); part !== undefined; part = takePart(work)) {
    const window = pack.window(work.packs[part.pack] as string);
    for (let first = part.first; first < part.end; ) {
      const end = endOfRecord(rows, first, part.end);
      problems.push(...auditRecord(rows, { first, end, window }));
      garbage.add(garbageOf(rows, first, end));
      first = end;
    }
    tellProgress(work, rows, part);
    yield;
  }
}

/** What is thrown away once a record was looked at. */
function garbageOf(rows: RowMemory, first: number, end: number): number {
  const { encoding, position, rawSize } = decodeRow(rows, (end - 1) * ROW_SIZE);
  const unpacked = encoding === RAW ? 0 : position + rawSize;
  return (end - first) * THINGS_AN_OBJECT + Math.floor(unpacked / BYTES_A_THING);
}

/** The pack that was read last: mostly the next part is in it too. */
class OpenPack implements Disposable {
  #open: { readonly fd: number; readonly path: string; readonly window: PackWindow } | undefined;

  window(path: string): PackWindow {
    if (this.#open?.path === path) return this.#open.window;
    this[Symbol.dispose]();
    const fd = openForReading(path);
    this.#open = { fd, path, window: new PackWindow({ fd, path }) };
    return this.#open.window;
  }

  [Symbol.dispose](): void {
    if (this.#open !== undefined) closeSync(this.#open.fd);
    this.#open = undefined;
  }
}

/** The row behind the last of the record that `first` belongs to: its rows have one offset. */
export function endOfRecord(rows: RowMemory, first: number, most: number): number {
  const { offset } = decodeRow(rows, first * ROW_SIZE);
  let end = first + 1;
  while (end < most && decodeRow(rows, end * ROW_SIZE).offset === offset) end++;
  return end;
}

interface RecordTask {
  readonly first: number;
  readonly end: number;
  readonly window: PackWindow;
}

function* auditRecord(
  rows: RowMemory,
  { first, end, window }: RecordTask,
): Generator<AuditProblem> {
  const { offset, storedSize, checksum, encoding } = decodeRow(rows, first * ROW_SIZE);
  const start = offset - (end - first - 1) * HEADER_SIZE;
  // All of it at once: what comes later of a record would be read a second time.
  const record = window.bytes(start, offset + HEADER_SIZE + storedSize - start);
  const headers = makeRowMemory(record.subarray(0, offset + HEADER_SIZE - start));
  const fault = faultOfHeaders(headers, rows, { first, end });
  if (fault !== undefined) yield { row: first, kind: "header", why: fault };
  const stored = record.subarray(offset + HEADER_SIZE - start);
  const isWhole = stored.length === storedSize && xxh3(stored) === checksum;
  const content = isWhole && isGrouped(encoding) ? inflate(stored, GROUP_LIMIT) : stored;
  for (let row = first; row < end; row++) {
    const why = isWhole
      ? faultOfContent(rows, row, content)
      : "the stored bytes are not what was written";
    if (why !== undefined) yield { row, kind: "content", why };
  }
}

/** The headers in the pack: reading does without them, but an index is made anew from them. */
function faultOfHeaders(
  headers: RowMemory,
  rows: RowMemory,
  { first, end }: { first: number; end: number },
): string | undefined {
  const ids = new Set<string>();
  for (let row = first; row < end; row++) ids.add(idAt(rows.bytes, row * ROW_SIZE));
  for (let at = 0; at < (end - first) * HEADER_SIZE; at += HEADER_SIZE) {
    const isOurs =
      headers.bytes.length >= at + HEADER_SIZE &&
      isHeaderIntact(headers, at) &&
      ids.delete(idAt(headers.bytes, at));
    if (!isOurs) return "the header of its record is damaged";
  }
  return undefined;
}

/** In words why the object's content is not what its id says. `stored`: of a group, its content. */
function faultOfContent(
  rows: RowMemory,
  row: number,
  stored: Uint8Array | undefined,
): string | undefined {
  const about = decodeRow(rows, row * ROW_SIZE);
  if (about.encoding === CHUNK_LIST) {
    const isList = stored !== undefined && parseChunkList(stored, about.rawSize) !== undefined;
    return isList ? undefined : "its list of chunks makes no sense";
  }
  const content = contentOf(about, stored);
  if (content === undefined) return "its frame cannot be unpacked";
  const isRight = hashObject(content) === idAt(rows.bytes, row * ROW_SIZE);
  return isRight ? undefined : "its content does not have the SHA-256 it is named by";
}

function contentOf(
  { encoding, rawSize, position }: ObjectRow,
  stored: Uint8Array | undefined,
): Uint8Array | undefined {
  if (stored === undefined || encoding === RAW) return stored;
  if (!isGrouped(encoding)) return inflate(stored, rawSize);
  const end = position + rawSize;
  return end <= stored.length ? stored.subarray(position, end) : undefined;
}

function tellProgress({ progress }: AuditWork, rows: RowMemory, { first, end }: AuditPart): void {
  const counters = new Int32Array(progress);
  const from = decodeRow(rows, first * ROW_SIZE).offset;
  const to = decodeRow(rows, (end - 1) * ROW_SIZE);
  Atomics.add(counters, 1, end - first);
  Atomics.add(counters, 2, Math.round((to.offset + to.storedSize - from) / MIB));
}
