/**
 * The one way to write a JSON value that hashes are taken of: keys sorted by their UTF-8 bytes, no
 * spaces, members that are undefined left out.
 *
 * `value` is plain JSON data; what JSON cannot say (NaN, functions) becomes what `JSON.stringify` makes of it.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value) ?? "null";
  const members: string[] = [];
  for (const [key, member] of sortedMembers(value)) {
    if (isSayable(member)) members.push(`${JSON.stringify(key)}:${canonicalJson(member)}`);
  }
  return `{${members.join(",")}}`;
}

function sortedMembers(value: object): [string, unknown][] {
  return Object.entries(value).sort(([left], [right]) => compareBytes(left, right));
}

function isSayable(member: unknown): boolean {
  return member !== undefined && typeof member !== "function" && typeof member !== "symbol";
}

function compareBytes(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let at = 0; at < length; at++) {
    const difference = rank(left.charCodeAt(at)) - rank(right.charCodeAt(at));
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

/** UTF-8 puts characters beyond U+FFFF last; in UTF-16 their surrogates come before U+E000. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}
