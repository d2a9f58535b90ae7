/** `2026-11-20 22:54`, in UTC, from RFC 3339 in UTC. */
export function formatMinute(time: string): string {
  return `${time.slice(0, 10)} ${time.slice(11, 16)}`;
}

/** `2026-11-20 22:54:33`. */
export function formatSecond(time: string): string {
  return `${time.slice(0, 10)} ${time.slice(11, 19)}`;
}
