import { readFileSync } from "../fs/files.ts";
import { decodeExact, fromBytes, fromText, type RawPath } from "../model/raw-path.ts";

/**
 * Arguments as bytes. What the shell passes need not be UTF-8, and where JavaScript sees U+FFFD the
 * bytes are gone. So such an argument carries each byte that is no UTF-8 as a lone surrogate,
 * U+DC80 to U+DCFF, which {@link fromArg} turns back into the byte.
 */

const REPLACEMENT = "\ufffd";

/**
 * The arguments with nothing lost.
 *
 * @param readBytes all words of the process, each ended by a zero byte, as in /proc/self/cmdline;
 *   called only when an argument looks damaged; undefined where the system has no such thing
 */
export function repairArgs(
  args: readonly string[],
  readBytes: () => Uint8Array | undefined,
): readonly string[] {
  if (!args.some((arg) => arg.includes(REPLACEMENT))) return args;
  const bytes = readBytes();
  if (bytes === undefined) return args;
  const words = splitAtZeros(bytes).slice(-args.length);
  return args.map((arg, at) => {
    const word = words[at];
    return word !== undefined && arg.includes(REPLACEMENT) ? decodeKeeping(word) : arg;
  });
}

/** All words of this process, as {@link repairArgs} wants them. */
export function readCommandLine(): Uint8Array | undefined {
  try {
    return readFileSync("/proc/self/cmdline");
  } catch {
    return undefined; // It is not mounted.
  }
}

/** The path that an argument names. */
export function fromArg(arg: string): RawPath {
  return arg.isWellFormed()
    ? fromText(arg)
    : (arg.split(LONE_SURROGATE).map(rawPiece).join("") as RawPath);
}

/** With its brackets, so that `split` keeps what it splits at. */
const LONE_SURROGATE = /([\udc80-\udcff])/u;

function rawPiece(piece: string): string {
  return LONE_SURROGATE.test(piece)
    ? String.fromCharCode(piece.charCodeAt(0) - 0xdc00)
    : fromText(piece);
}

/** UTF-8 as text; each byte that does not belong to any as a lone surrogate. */
export function decodeKeeping(bytes: Uint8Array): string {
  return fromBytes(bytes).replace(CHARACTER_OR_BYTE, (piece) => {
    return decodeExact(piece as RawPath) ?? piece.replace(/./gs, escapeByte);
  });
}

/** What may be one character in UTF-8, or else a single byte. ASCII needs no decoding. */
const CHARACTER_OR_BYTE =
  /[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}|[\x80-\xff]/g;

function escapeByte(byte: string): string {
  return String.fromCharCode(0xdc00 + byte.charCodeAt(0));
}

function splitAtZeros(bytes: Uint8Array): Uint8Array[] {
  const words: Uint8Array[] = [];
  let start = 0;
  for (let end = bytes.indexOf(0); end >= 0; end = bytes.indexOf(0, start)) {
    words.push(bytes.subarray(start, end));
    start = end + 1;
  }
  return words;
}
