/** A release line of JuiceFS, such as 1.3. */
export interface JuiceVersion {
  readonly major: number;
  readonly minor: number;
}

/**
 * The release lines whose control node was read and tried. Its protocol is nobody's promise: it
 * changed in 1.3 and in 1.4, and neither side says which form it speaks.
 */
export const OLDEST_KNOWN: JuiceVersion = { major: 1, minor: 1 };
export const NEWEST_KNOWN: JuiceVersion = { major: 1, minor: 4 };

/** `1.3.1+2025-07-01.1e0d8a8` as numbers; undefined when it is no version. */
export function parseVersion(text: string): JuiceVersion | undefined {
  const [, major, minor] = /(?:^|\s)v?(\d+)\.(\d+)[.\s+-]/.exec(`${text} `) ?? [];
  if (major === undefined || minor === undefined) return undefined;
  return { major: Number(major), minor: Number(minor) };
}

/** Negative when `one` is older than `other`. */
export function compareVersions(one: JuiceVersion, other: JuiceVersion): number {
  return one.major - other.major || one.minor - other.minor;
}

/** Whether jvs knows how to talk to it. */
export function isKnownVersion(version: JuiceVersion): boolean {
  return compareVersions(version, OLDEST_KNOWN) >= 0 && compareVersions(version, NEWEST_KNOWN) <= 0;
}

/** Whether it reads layout A, and nothing else. */
export function readsLayoutA(version: JuiceVersion): boolean {
  return isKnownVersion(version) && compareVersions(version, { major: 1, minor: 3 }) < 0;
}
