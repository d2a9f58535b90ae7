/** What the control node says while it works, and at last. */
export type ReplyFrame =
  | { readonly kind: "progress"; readonly count: number; readonly total: number }
  | { readonly kind: "data"; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: "status"; readonly errno: number };

const PROGRESS = 0xfe;
const DATA = 0xff;
const PROGRESS_LENGTH = 17;
const DATA_HEADER = 5;

/**
 * Cuts what is read from the control node into frames (pkg/vfs/internal.go of JuiceFS):
 * `FE | u64 count | u64 total`, `FF | u32 length | bytes`, and any other byte is an errno.
 * Frames may come split or joined anywhere.
 */
export class ReplyParser {
  private rest = new Uint8Array(0);

  /** Takes what was read; returns the frames that are whole by now. */
  push(bytes: Uint8Array): ReplyFrame[] {
    const all = new Uint8Array(this.rest.length + bytes.length);
    all.set(this.rest);
    all.set(bytes, this.rest.length);
    const frames: ReplyFrame[] = [];
    let at = 0;
    for (;;) {
      const length = frameLength(all, at);
      if (length === 0 || at + length > all.length) break;
      frames.push(readFrame(all, at, length));
      at += length;
    }
    this.rest = all.slice(at);
    return frames;
  }
}

/** 0 while the beginning of the frame does not tell. */
function frameLength(bytes: Uint8Array, at: number): number {
  if (at >= bytes.length) return 0;
  if (bytes[at] === PROGRESS) return PROGRESS_LENGTH;
  if (bytes[at] !== DATA) return 1;
  return at + DATA_HEADER > bytes.length ? 0 : DATA_HEADER + viewOf(bytes).getUint32(at + 1);
}

function readFrame(bytes: Uint8Array, at: number, length: number): ReplyFrame {
  if (bytes[at] === DATA)
    return { kind: "data", bytes: Uint8Array.from(bytes.subarray(at + DATA_HEADER, at + length)) };
  if (bytes[at] !== PROGRESS) return { kind: "status", errno: bytes[at] as number };
  const view = viewOf(bytes);
  const [count, total] = [view.getBigUint64(at + 1), view.getBigUint64(at + 9)].map(Number);
  return { kind: "progress", count: count as number, total: total as number };
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
