import { expect, test } from "vitest";
import { formatAge } from "./ages.ts";

const NOW = "2026-01-10T12:00:00Z";

test.each([
  ["2026-01-10T12:00:01Z", "0 s ago"],
  ["2026-01-10T11:59:01Z", "59 s ago"],
  ["2026-01-10T11:59:00Z", "1 min ago"],
  ["2026-01-10T10:00:01Z", "119 min ago"],
  ["2026-01-10T10:00:00Z", "2 h ago"],
  ["2026-01-08T12:00:01Z", "47 h ago"],
  ["2026-01-08T12:00:00Z", "2 d ago"],
])("%s is %s", (time, age) => {
  expect(formatAge(time, NOW)).toBe(age);
});
