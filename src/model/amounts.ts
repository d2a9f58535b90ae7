const UNITS: Readonly<Record<string, number>> = {
  "": 1,
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KIB: 2 ** 10,
  MIB: 2 ** 20,
  GIB: 2 ** 30,
  TIB: 2 ** 40,
};

const SECOND = 1000;
const DAY = 86_400 * SECOND;
const SPANS: Readonly<Record<string, number>> = {
  s: SECOND,
  m: 60 * SECOND,
  h: 3600 * SECOND,
  d: DAY,
  w: 7 * DAY,
  y: 365 * DAY,
};

/** Bytes as people write them: `500MB`, `10 GiB`, `1000000`. Undefined when it is no such amount. */
export function parseBytes(text: string): number | undefined {
  const [, digits = "", unit = ""] = /^(\d+(?:\.\d+)?)\s*([a-zA-Z]*)$/.exec(text.trim()) ?? [];
  const factor = UNITS[unit.toUpperCase()] ?? UNITS[`${unit.toUpperCase()}B`];
  return digits === "" || factor === undefined ? undefined : Math.round(Number(digits) * factor);
}

/** A span of time as people write it: `90s`, `12h`, `30d`, `4w`; in milliseconds. Undefined when it is none. */
export function parseSpan(text: string): number | undefined {
  const [, digits = "", unit = ""] = /^(\d+)\s*([smhdwy])$/.exec(text.trim()) ?? [];
  const factor = SPANS[unit];
  return factor === undefined ? undefined : Number(digits) * factor;
}
