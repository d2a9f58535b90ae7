import { type SnapshotId, shortId } from "../../model/snapshot.ts";

/**
 * Where unsaved work went and which command brings it back, as a line; no line when there was none.
 * `but` says what is not there.
 */
export function safetyLine(id: SnapshotId | null, back: string, but = ""): string[] {
  if (id === null) return [];
  return [`Unsaved work is kept in safety snapshot ${shortId(id)}${but}; ${back} brings it back.`];
}
