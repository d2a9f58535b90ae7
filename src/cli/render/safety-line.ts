import { type SnapshotId, shortId } from "../../model/snapshot.ts";

/** Where unsaved work went and which command brings it back, as a line; no line when there was none. */
export function safetyLine(id: SnapshotId | null, back: string): string[] {
  if (id === null) return [];
  return [`Unsaved work is kept in safety snapshot ${shortId(id)}; ${back} brings it back.`];
}
