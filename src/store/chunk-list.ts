import type { ObjectId } from "../model/entry.ts";
import { idAt } from "./id-key.ts";

const ITEM_SIZE = 36;

/** One piece of a large file. */
export interface ChunkRef {
  readonly id: ObjectId;
  /** Bytes. */
  readonly size: number;
}

/** The chunks as the stored bytes of a chunk list (pack-format.ts). */
export function encodeChunkList(chunks: readonly ChunkRef[]): Uint8Array {
  const bytes = Buffer.allocUnsafeSlow(chunks.length * ITEM_SIZE);
  for (const [number, { id, size }] of chunks.entries()) {
    bytes.writeUInt32LE(size, number * ITEM_SIZE);
    bytes.write(id, number * ITEM_SIZE + 4, "hex");
  }
  return bytes;
}

/** The chunks of a file of `rawSize` bytes, or undefined when the bytes are no such list. */
export function parseChunkList(bytes: Uint8Array, rawSize: number): ChunkRef[] | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const chunks: ChunkRef[] = [];
  let total = 0;
  for (let at = 0; at + ITEM_SIZE <= bytes.length; at += ITEM_SIZE) {
    const size = view.getUint32(at, true);
    chunks.push({ id: idAt(bytes, at + 4), size });
    total += size;
  }
  return bytes.length % ITEM_SIZE === 0 && total === rawSize ? chunks : undefined;
}
