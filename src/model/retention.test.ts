import { expect, test } from "vitest";
import { parseBytes, parseSpan } from "./amounts.ts";
import { applyRules, fitsAny, type RetainedSnapshot } from "./retention.ts";
import type { SnapshotId } from "./snapshot.ts";

const NOW = new Date("2026-03-31T12:00:00Z");
const HOUR = 3_600_000;

/** One an hour, the newest first; `v1.<n>` on every tenth. */
const HOURLY: RetainedSnapshot[] = Array.from({ length: 24 * 40 }, (_, at) => ({
  snapshot_id: `${at}` as SnapshotId,
  created_at: new Date(NOW.getTime() - at * HOUR).toISOString(),
  ...(at % 10 === 0 ? { tags: [`v1.${at}`] } : {}),
  stored_bytes: 100,
}));

function keptBy(rules: Parameters<typeof applyRules>[1]): number[] {
  return [...applyRules(HOURLY, rules, NOW).keys()].map(Number);
}

test.each([
  [{ keep_last: 3 }, [0, 1, 2]],
  [{ keep_last: 0 }, []],
  [{ keep_hourly: 2 }, [0, 1]],
  [{ keep_daily: 3 }, [0, 13, 37]],
  [{ keep_weekly: 2 }, [0, 37]],
  [{ keep_monthly: 5 }, [0, 733]],
  [{ keep_within: 2 * HOUR }, [0, 1, 2]],
  [{ keep_last: 1, keep_daily: 2 }, [0, 13]],
  [
    { keep_last: 1, keep_tags: ["v1.2*", "v1.950"] },
    [20, 200, 210, 220, 230, 240, 250, 260, 270, 280, 290, 950, 0],
  ],
  [{ max_bytes: 250 }, [0, 1]],
  [{ keep_last: 5, max_bytes: 250 }, [0, 1]],
])("%j", (rules, kept) => {
  expect(keptBy(rules)).toEqual(kept);
});

test("says by which rule", () => {
  expect(Object.fromEntries(applyRules(HOURLY, { keep_last: 1, keep_daily: 2 }, NOW))).toEqual({
    0: "keep_last 1",
    13: "keep_daily 2",
  });
});

test("tags by pattern; dots are dots", () => {
  expect(fitsAny("v1.0", ["v*"])).toBe(true);
  expect(fitsAny("v1x0", ["v1.0"])).toBe(false);
});

test.each([
  ["500MB", 5e8],
  ["10 GiB", 10 * 2 ** 30],
  ["1.5k", 1500],
  ["17", 17],
  ["-1", undefined],
  ["lots", undefined],
])("%s are bytes", (text, bytes) => {
  expect(parseBytes(text)).toBe(bytes);
});

test.each([
  ["90s", 90_000],
  ["12h", 12 * HOUR],
  ["4w", 28 * 24 * HOUR],
  ["soon", undefined],
])("%s is a span", (text, span) => {
  expect(parseSpan(text)).toBe(span);
});
