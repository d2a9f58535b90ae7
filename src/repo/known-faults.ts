import type { OperationRecord, RefMove } from "../model/operation.ts";

/** The name of the ref by which an operation says which faults of the log are known. A colon is in no worktree's name. */
const REF = "log:known";
const KEY_DIGITS = 16;

/** What a fault is told by again: its kind, and a hash of what it is about. Another change there makes it another fault. */
export function faultKey(kind: string, ...about: readonly (string | Uint8Array)[]): string {
  const hasher = new Bun.CryptoHasher("sha256");
  for (const part of about) hasher.update(part).update("\n");
  return `${kind}:${hasher.digest("hex").slice(0, KEY_DIGITS)}`;
}

/** The refs of an operation that takes note of those faults. */
export function refsOfKnown(keys: readonly string[]): Readonly<Record<string, RefMove>> {
  return { [REF]: [null, JSON.stringify(keys)] };
}

/** The faults, by their keys, that the operation takes note of. */
export function knownIn({ refs }: Partial<OperationRecord>): string[] {
  const text = refs?.[REF]?.[1];
  if (typeof text !== "string") return [];
  try {
    const keys: unknown = JSON.parse(text);
    return Array.isArray(keys) ? keys.filter((key) => typeof key === "string") : [];
  } catch {
    return [];
  }
}
