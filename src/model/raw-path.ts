/**
 * File names as the kernel knows them: bytes.
 *
 * A {@link RawPath} is a "binary string": each character (0 to 255) is one byte. Such strings
 * compare and sort by bytes with `<`, serve as map keys, and lose nothing when a name is not UTF-8.
 * Pure ASCII looks the same either way. Convert at the edges only: {@link toText} for people,
 * {@link fromText} for what they typed.
 */
export type RawPath = string & { readonly brand: "RawPath" };

const encoder = new TextEncoder();
const strictDecoder = new TextDecoder("utf-8", { fatal: true });
const PLAIN = /^[\x20-\x7e]*$/;

/** The bytes of `text` in UTF-8, as a raw path. */
export function fromText(text: string): RawPath {
  return PLAIN.test(text) ? (text as RawPath) : fromBytes(encoder.encode(text));
}

/** The bytes as a raw path. */
export function fromBytes(bytes: Uint8Array): RawPath {
  let raw = "";
  for (let at = 0; at < bytes.length; at += 8192)
    raw += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return raw as RawPath;
}

/** The bytes of a raw path. */
export function toBytes(raw: RawPath): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(raw.length);
  for (let at = 0; at < raw.length; at++) bytes[at] = raw.charCodeAt(at);
  return bytes;
}

/**
 * The path in words for people and for JSON: UTF-8 as it is, and each byte that is a control
 * character or no UTF-8 as `\xNN`, so that one path is always one line.
 */
export function toText(raw: RawPath): string {
  if (PLAIN.test(raw)) return raw;
  return decodeUtf8(raw) ?? escapeBytes(raw);
}

/** The path as UTF-8 without any escape, or undefined when its bytes are no UTF-8. */
export function decodeExact(raw: RawPath): string | undefined {
  if (PLAIN.test(raw)) return raw;
  try {
    return strictDecoder.decode(toBytes(raw));
  } catch {
    return undefined;
  }
}

/** `parent/name`, or `name` alone at the top. */
export function joinRaw(parent: RawPath, name: RawPath): RawPath {
  return (parent === "" ? name : `${parent}/${name}`) as RawPath;
}

function decodeUtf8(raw: RawPath): string | undefined {
  const text = decodeExact(raw);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what we escape.
  return text?.replace(/[\x00-\x1f\x7f-\x9f\u2028\u2029]/g, (char) => escapeBytes(fromText(char)));
}

/** Keeps every well-formed UTF-8 run and escapes the bytes between them. */
function escapeBytes(raw: string): string {
  return raw.replace(
    /[^\x20-\x7e]/g,
    (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
}
