import type { Descriptor, SnapshotId } from "../model/snapshot.ts";
import { shortId } from "../model/snapshot.ts";
import type { Context } from "../operations/context.ts";
import type { Match } from "../operations/find-matches.ts";
import type { Io } from "./io.ts";
import { noteLine } from "./render/snapshots.ts";
import { formatMinute } from "./render/times.ts";

/**
 * Asks which of the snapshots that fit `ref` is meant, and whether to restore it. Answers may come
 * from a pipe, one a line.
 *
 * @returns undefined when the user wants none
 * @throws E_NOT_FOUND when nothing fits
 */
export async function chooseSnapshot(
  ctx: Context,
  ref: string,
  io: Io,
): Promise<SnapshotId | undefined> {
  const { findMatches } = await import("../operations/find-matches.ts");
  const { matches, isClear } = findMatches(ctx, ref);
  const chosen = isClear ? matches[0] : select(matches, io);
  if (chosen === undefined) return undefined;
  const { descriptor } = chosen;
  io.out(`Restore to ${shortId(descriptor.snapshot_id)}? (${noteOf(descriptor)}) [y/N]: `);
  const answer = io.readLine()?.trim() ?? "";
  return /^y(es)?$/i.test(answer) ? descriptor.snapshot_id : undefined;
}

function select(matches: readonly Match[], io: Io): Match | undefined {
  const lines = matches.flatMap((match, index) => matchLines(match, index));
  io.out(`${["Matching snapshots:", ...lines].join("\n")}\n`);
  io.out(`Select snapshot to restore [1-${matches.length}]: `);
  const answer = io.readLine()?.trim() ?? "";
  return /^\d{1,3}$/.test(answer) ? matches[Number(answer) - 1] : undefined;
}

function matchLines({ descriptor, by }: Match, index: number): string[] {
  const { snapshot_id: id, tags = [], created_at } = descriptor;
  const labels = tags.length === 0 ? "" : ` [${tags.join(", ")}]`;
  const mark = index === 0 ? ">" : " ";
  return [
    `${mark} ${index + 1}. ${shortId(id)} ${noteOf(descriptor)}${labels}`,
    `     ${formatMinute(created_at)}  by ${by}`,
  ];
}

function noteOf({ note }: Descriptor): string {
  return noteLine(note) || "(no note)";
}
