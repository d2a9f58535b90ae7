import type { RawPath } from "../model/raw-path.ts";

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters must be escaped.
const MUST_LOOK = /[\x00-\x20%\x7f-\xff]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above.
const NEEDS_ESCAPE = /[\x00-\x20%\x7f]/g;
/** Well-formed UTF-8 as binary-string characters (Unicode 15, table 3-7), or else one stray byte. */
const UTF8_OR_STRAY =
  /[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2}|[\x80-\xff]/g;

/**
 * The name as trees write it (docs/format.md, "Tree"): control characters, space, `%` and bytes that
 * are not UTF-8 become `%XX`; everything else stands for itself. One name has one spelling.
 */
export function escapeName(name: RawPath): string {
  if (!MUST_LOOK.test(name)) return name;
  return name
    .replace(NEEDS_ESCAPE, percent)
    .replace(UTF8_OR_STRAY, (run) => (run.length === 1 ? percent(run) : run));
}

/** The inverse of {@link escapeName}. */
export function unescapeName(text: string): RawPath {
  if (!text.includes("%")) return text as RawPath;
  const raw = text.replace(/%([0-9A-F]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return raw as RawPath;
}

function percent(char: string): string {
  return `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
}
