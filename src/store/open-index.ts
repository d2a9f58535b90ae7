import { closeFd } from "../fs/at.ts";
import { fstatSync } from "../fs/files.ts";
import { BUCKET_SIZE, FANOUT_AT, headSizeOf } from "./index-format.ts";
import { openForReading } from "./open-for-reading.ts";
import {
  INDEX_MAGIC,
  makeRowMemory,
  ROW_SIZE,
  type RowMemory,
  toHex64,
  xxh3,
} from "./pack-format.ts";
import { IndexDamaged, PackIndex } from "./pack-index.ts";
import { readAt } from "./read-at.ts";

/** An index of up to this many bytes is read whole. */
const READ_WHOLE = 256 * 1024;

/**
 * Opens the index at `path`; `packName` is its name without extension.
 * Throws {@link IndexDamaged} when it is not that pack's or its head is damaged, or the system's error.
 */
export function openIndex(path: string, packName: string): PackIndex {
  const fd = openForReading(path);
  try {
    const size = fstatSync(fd).size;
    if (size < headSizeOf(0)) throw new IndexDamaged(`${path}: it is too short`);
    const bytes = new Uint8Array(size);
    const isWhole = size <= READ_WHOLE;
    readAt({ fd, path }, isWhole ? bytes : bytes.subarray(0, FANOUT_AT), 0);
    const head = checkShape(path, makeRowMemory(bytes));
    if (!isWhole) readAt({ fd, path }, bytes.subarray(0, head), 0);
    checkHead(path, { bytes: bytes.subarray(0, head), packName });
    return new PackIndex(path, { bytes, isWhole });
  } finally {
    closeFd(fd);
  }
}

/** The size of the head, once it is sure that it and all rows fit the file. */
function checkShape(path: string, { bytes, view }: RowMemory): number {
  const bits = view.getUint32(12, true);
  const head = headSizeOf(bits);
  if (bits <= 16 && head + view.getUint32(8, true) * ROW_SIZE === bytes.length) return head;
  throw new IndexDamaged(`${path}: its size does not fit its head`);
}

function checkHead(
  path: string,
  { bytes, packName }: { bytes: Uint8Array; packName: string },
): void {
  const { view } = makeRowMemory(bytes);
  const magic = Buffer.from(bytes.subarray(0, 8)).toString("latin1");
  const isIntact = view.getBigUint64(bytes.length - 8, true) === xxh3(bytes.subarray(0, -8));
  const isOurs = packName.startsWith(toHex64(view.getBigUint64(16, true)));
  if (magic !== INDEX_MAGIC || !isIntact || !isOurs || !isFanoutSound(view))
    throw new IndexDamaged(`${path}: its head`);
}

/** Whether the buckets follow one another and end with the last row: checksums can be forged. */
function isFanoutSound(view: DataView): boolean {
  let before = 0;
  for (let at = FANOUT_AT; at < view.byteLength - 8; at += BUCKET_SIZE) {
    const end = view.getUint32(at, true);
    if (end < before) return false;
    before = end;
  }
  return before === view.getUint32(8, true);
}
