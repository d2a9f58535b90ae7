const UNITS = ["B", "KB", "MB", "GB", "TB", "PB"] as const;

/** A number of bytes as people read it: `999 B`, `1.2 KB`, `34 MB`. A KB is 1000 bytes. */
export function formatSize(bytes: number): string {
  let unit = 0;
  let amount = bytes;
  // 999.5 would be shown as 1000.
  while (amount >= 999.5 && unit < UNITS.length - 1) {
    amount /= 1000;
    unit++;
  }
  const digits = unit === 0 || amount >= 9.95 ? 0 : 1;
  return `${amount.toFixed(digits)} ${UNITS[unit]}`;
}

/** `12,345`. */
export function formatCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** `1 path`, `2 paths`; `1 entry`, `2 entries`. */
export function countOf(count: number, one: string, many: string = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}
