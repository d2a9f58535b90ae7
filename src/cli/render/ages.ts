const UNITS = [
  ["d", 86_400],
  ["h", 3600],
  ["min", 60],
] as const;

/** How long ago, in its largest unit: `3 h ago`. Both in RFC 3339. */
export function formatAge(time: string, now: string): string {
  const seconds = Math.max(0, Math.floor((Date.parse(now) - Date.parse(time)) / 1000));
  for (const [unit, size] of UNITS)
    if (seconds >= 2 * size || (unit === "min" && seconds >= size))
      return `${Math.floor(seconds / size)} ${unit} ago`;
  return `${seconds} s ago`;
}
