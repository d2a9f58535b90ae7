const UNIT_MS: Readonly<Record<string, number>> = {
  second: 1000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 7 * 86_400_000,
  month: 30 * 86_400_000,
  year: 365 * 86_400_000,
};
const SHORT: Readonly<Record<string, string>> = {
  s: "second",
  sec: "second",
  m: "minute",
  min: "minute",
  h: "hour",
  d: "day",
  w: "week",
};

/**
 * A moment as people say it: `now`, `yesterday`, `2 hours ago`, `10m`, `2026-01-31`,
 * `2026-01-31 14:00` (UTC, as history shows times). Undefined when it says no moment.
 */
export function parseMoment(text: string, now: Date): Date | undefined {
  const words = text.trim().toLowerCase();
  if (words === "now") return now;
  if (words === "yesterday") return new Date(now.getTime() - (UNIT_MS.day as number));
  const ago = /^(\d+|an?)\s*([a-z]+?)s?(?:\s+ago)?$/.exec(words);
  if (ago !== null) return before(now, ago[1] as string, ago[2] as string);
  if (!/^\d{4}-\d{2}-\d{2}/.test(words)) return undefined;
  const iso = words.replace(" ", "t").toUpperCase();
  const moment = new Date(
    /T.*(Z|[+-]\d{2}:?\d{2})$/.test(iso) || !iso.includes("T") ? iso : `${iso}Z`,
  );
  return Number.isNaN(moment.getTime()) ? undefined : moment;
}

function before(now: Date, count: string, unit: string): Date | undefined {
  const ms = UNIT_MS[SHORT[unit] ?? unit];
  if (ms === undefined) return undefined;
  return new Date(now.getTime() - (/^an?$/.test(count) ? 1 : Number(count)) * ms);
}
