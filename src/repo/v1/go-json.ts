/**
 * How version 1 wrote the JSON that it took hashes of: keys sorted by their bytes, no spaces, and the
 * escapes of Go's encoder. Members that are undefined are left out.
 */
export function goJson(value: unknown): string {
  if (typeof value === "string") return goString(value);
  if (Array.isArray(value)) return `[${value.map(goJson).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value) ?? "null";
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([one], [other]) => Buffer.compare(Buffer.from(one), Buffer.from(other)))
    .map(([key, member]) => `${goString(key)}:${goJson(member)}`);
  return `{${members.join(",")}}`;
}

/** The SHA-256 of {@link goJson}. */
export function hashGoJson(value: unknown): string {
  return new Bun.CryptoHasher("sha256").update(goJson(value)).digest("hex");
}

/** JSON.stringify has the same short forms; what browsers might trip over, Go escapes as well. */
function goString(text: string): string {
  return JSON.stringify(text.toWellFormed()).replace(
    /[<>&\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** A time as Go writes it: no zeros at the end of the fraction, `Z` for UTC. */
export function goTime(text: string): string {
  const parts = /^(.*T\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)$/i.exec(text);
  if (parts === null) return text;
  const [, seconds = "", fraction = "", zone = ""] = parts;
  const digits = fraction.replace(/0+$/, "");
  return `${seconds}${digits === "" ? "" : `.${digits}`}${/^(z|\+00:00)$/i.test(zone) ? "Z" : zone}`;
}
