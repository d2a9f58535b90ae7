import type { DraftPack, Member } from "./draft-pack.ts";
import { IdKey } from "./id-key.ts";
import { headSizeOfCount } from "./index-format.ts";
import { ObjectGroup } from "./object-group.ts";
import type { Pack } from "./pack.ts";
import {
  GROUP_LIMIT,
  HEADER_SIZE,
  isGrouped,
  type ObjectRow,
  PREFIX_SIZE,
  ROW_SIZE,
  TRAILER_SIZE,
} from "./pack-format.ts";
import type { IndexedObject, PackIndex } from "./pack-index.ts";
import { inflate, type Payload } from "./payload.ts";

/** Where records are copied to: a pack, or a sum. */
export interface RecordSink {
  has(key: IdKey): boolean;
  reserve(key: IdKey): number;
  /** Takes over stored bytes as they are; false when `read` gives none. */
  copy(members: readonly Member[], row: ObjectRow, read: () => Uint8Array | undefined): boolean;
  write(members: readonly Member[], payload: Payload): void;
}

/** Copies into a pack that is being written. */
export function sinkInto(draft: DraftPack): RecordSink {
  return {
    has: (key) => draft.has(key),
    reserve: (key) => draft.reserve(key),
    write: (members, payload) => draft.write(members, payload),
    copy(members, row, read) {
      const bytes = read();
      if (bytes !== undefined) draft.write(members, { ...row, bytes });
      return bytes !== undefined;
    },
  };
}

/** Adds up what the pack would take on disk, without reading what would only be copied. */
export class SizeSink implements RecordSink {
  readonly #seen: Set<string> = new Set();
  #bytes = 0;

  has(key: IdKey): boolean {
    return this.#seen.has(key.bytes.latin1Slice());
  }

  reserve(key: IdKey): number {
    this.#seen.add(key.bytes.latin1Slice());
    return this.#seen.size - 1;
  }

  copy(members: readonly Member[], { storedSize }: ObjectRow): boolean {
    this.#bytes += members.length * HEADER_SIZE + storedSize;
    return true;
  }

  write(members: readonly Member[], { bytes }: Payload): void {
    this.#bytes += members.length * HEADER_SIZE + bytes.length;
  }

  /** Pack and index; nothing when nothing was copied. */
  get diskSize(): number {
    const count = this.#seen.size;
    if (count === 0) return 0;
    return PREFIX_SIZE + this.#bytes + TRAILER_SIZE + headSizeOfCount(count) + count * ROW_SIZE;
  }
}

/** A group of which this part or more is kept stays as it is: packing it anew would save little. */
const WORTH_KEEPING = 0.5;

/**
 * Copies the objects of a pack that are to be kept and that the sink lacks. Objects that share a
 * frame with much that is not kept are packed anew.
 *
 * @returns false when a record to be copied is damaged; some may have been copied by then.
 */
export function copyLive(pack: Pack, isKept: (key: IdKey) => boolean, sink: RecordSink): boolean {
  const key = new IdKey();
  const group = new ObjectGroup(sink, undefined);
  for (const objects of listRecords(pack.wholeIndex())) {
    const wanted = objects.filter(({ id }) => key.set(id) && isKept(key) && !sink.has(key));
    const [first] = wanted;
    if (first === undefined) continue;
    const members = wanted.map(({ id, row }): Member & { row: ObjectRow } => {
      key.set(id);
      return { number: sink.reserve(key), rawSize: row.rawSize, position: row.position, row };
    });
    const isIntact = isWorthKeeping(first, objects, wanted)
      ? sink.copy(members, first.row, () => pack.read(first.row))
      : regroup(pack, members, group);
    if (!isIntact) return false;
  }
  group.flush();
  return true;
}

function isWorthKeeping(
  { row }: IndexedObject,
  objects: readonly IndexedObject[],
  wanted: readonly IndexedObject[],
): boolean {
  return !isGrouped(row.encoding) || sizeOf(wanted) >= WORTH_KEEPING * sizeOf(objects);
}

function sizeOf(objects: readonly IndexedObject[]): number {
  return objects.reduce((sum, { row }) => sum + row.rawSize, 0);
}

function regroup(
  pack: Pack,
  members: readonly (Member & { row: ObjectRow })[],
  group: ObjectGroup,
): boolean {
  const frame = pack.read((members[0] as { row: ObjectRow }).row);
  const content = frame && inflate(frame, GROUP_LIMIT);
  if (content === undefined) return false;
  for (const { number, rawSize, position } of members)
    group.add(number, content.subarray(position, position + rawSize));
  return true;
}

/** The objects of each record, records in the order of the pack. */
export function listRecords(index: PackIndex): IndexedObject[][] {
  const records = new Map<number, IndexedObject[]>();
  for (const object of index.objects()) {
    const record = records.get(object.row.offset);
    if (record === undefined) records.set(object.row.offset, [object]);
    else record.push(object);
  }
  return [...records].sort(([one], [other]) => one - other).map(([, objects]) => objects);
}
