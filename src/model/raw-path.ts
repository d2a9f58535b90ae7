/**
 * File names as the kernel knows them: bytes.
 *
 * A {@link RawPath} is a "binary string": each character (0 to 255) is one byte. Such strings
 * compare and sort by bytes with `<`, serve as map keys, and lose nothing when a name is not UTF-8.
 * Pure ASCII looks the same either way. Convert at the edges only: {@link pathFields} for reports,
 * {@link inWords} for people, {@link fromText} for what they typed.
 */
export type RawPath = string & { readonly brand: "RawPath" };

const encoder = new TextEncoder();
const strictDecoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
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
 * The path as text: UTF-8 as it is, whatever characters are in it; where it is no UTF-8, each byte
 * that is no printable ASCII as `\xNN`, and a backslash as two. People get it by {@link inWords},
 * programs with the bytes beside it: {@link pathFields}.
 */
export function toText(raw: RawPath): string {
  return decodeExact(raw) ?? escapeBytes(raw);
}

/** A path for reports: as text, and where it is no UTF-8 its bytes in base64. */
export interface PathFields {
  readonly path: string;
  readonly path_base64?: string;
}

export function pathFields(raw: RawPath): PathFields {
  const path = decodeExact(raw);
  if (path !== undefined) return { path };
  return { path: escapeBytes(raw), path_base64: Buffer.from(toBytes(raw)).toString("base64") };
}

/**
 * The path for people: always one line, and another one for every path. Control characters become
 * the `\xNN` of their bytes; in a path with such, or with what looks like an escape, a backslash
 * becomes two.
 */
export function inWords({ path, path_base64 }: PathFields): string {
  if (path_base64 !== undefined || !NEEDS_ESCAPE.test(path)) return path;
  return path.replace(ESCAPED, (char) => (char === "\\" ? "\\\\" : escapeBytes(fromText(char))));
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what we escape.
const NEEDS_ESCAPE = /[\x00-\x1f\x7f-\x9f\u2028\u2029]|\\[x\\]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: the same.
const ESCAPED = /[\x00-\x1f\x7f-\x9f\u2028\u2029\\]/g;

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

/** Bytes as ASCII, one spelling each. */
function escapeBytes(raw: string): string {
  return raw.replace(/[^\x20-\x7e]|\\/g, (char) =>
    char === "\\" ? "\\\\" : `\\x${char.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
}
