/*
 * What is said between the server of a repository and whoever wants a command carried out, which is
 * src/front: it writes such a call, and takes such an answer apart.
 */

/** A command that somebody wants carried out. */
export interface Call {
  /** Of the program that asks: another one may do otherwise what it is asked. */
  readonly program: string;
  readonly words: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** What a command wrote, in order; the file descriptor says where. */
export interface Piece {
  readonly fd: 1 | 2;
  readonly bytes: Uint8Array;
}

/** What came of it. */
export interface Answer {
  readonly pieces: readonly Piece[];
  readonly status: number;
}

/** What is said between the two, beside a call and its answer. */
export const READY: Uint8Array = Buffer.from("ready\n");
export const GO: Uint8Array = Buffer.from("go\n");

/** One line of JSON. */
export function encodeCall(call: Call): Uint8Array {
  return Buffer.from(`${JSON.stringify(call)}\n`);
}

/** Each piece behind its descriptor (u8) and its length (u32, little-endian); then 0 and the status. */
export function encodeAnswer({ pieces, status }: Answer): Uint8Array {
  return Buffer.concat([
    ...pieces.flatMap(({ fd, bytes }) => [head(fd, bytes.length), bytes]),
    head(0, status),
  ]);
}

const HEAD_BYTES = 5;

function head(kind: number, value: number): Buffer {
  const bytes = Buffer.alloc(HEAD_BYTES);
  bytes.writeUInt8(kind, 0);
  bytes.writeUInt32LE(value, 1);
  return bytes;
}
