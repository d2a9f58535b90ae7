import { type Lock, lockRepository, lockWorktree } from "../../repo/lock.ts";
import { readLogKnowledge } from "../../repo/log-knowledge.ts";
import {
  listMissingPins,
  listMissingTombstones,
  listMissingWorktrees,
} from "../../repo/missing-records.ts";
import { writePin } from "../../repo/pins.ts";
import { addTombstones, dropTornTombstones } from "../../repo/tombstones.ts";
import { hasWorktree, writeWorktree } from "../../repo/worktrees.ts";
import type { Exam } from "./exam.ts";
import type { RepairNotes } from "./repair-notes.ts";

/** Makes records anew that went away without any operation, as the log last left them. */
export async function restoreRecords(exam: Exam, done: RepairNotes): Promise<void> {
  const names = [
    ...(await restoreWorktrees(exam)),
    ...(await restorePins(exam)),
    ...(await restoreTombstones(exam)),
  ];
  done.add("restore_records", names.length, `made anew from the log: ${names.join(", ")}`);
}

async function restoreWorktrees({ repo, ctx }: Exam): Promise<string[]> {
  const names: string[] = [];
  for (const { name, record } of listMissingWorktrees(repo, readLogKnowledge(repo.layout))) {
    if (record === undefined) continue;
    using _lock: Lock = await lockWorktree(repo, name, optionsOf(ctx));
    if (hasWorktree(repo, name)) continue;
    writeWorktree(repo, record);
    names.push(`worktree ${name}`);
  }
  return names;
}

async function restorePins({ repo, ctx }: Exam): Promise<string[]> {
  using _edits = await lockRepository(repo, "edits", optionsOf(ctx));
  // Read under the lock: an edit that is under way is in the log by then.
  const pins = listMissingPins(repo, readLogKnowledge(repo.layout));
  for (const pin of pins) writePin(repo, pin.snapshot_id, pin);
  return pins.map(({ snapshot_id: id }) => `pin ${id}`);
}

async function restoreTombstones({ repo, ctx }: Exam): Promise<string[]> {
  using _gc = await lockRepository(repo, "gc", optionsOf(ctx));
  using _limits = await lockRepository(repo, "limits", optionsOf(ctx));
  const torn = dropTornTombstones(repo);
  const tombstones = listMissingTombstones(repo, readLogKnowledge(repo.layout));
  addTombstones(repo, tombstones);
  return [
    ...tombstones.map(({ snapshot_id: id }) => `tombstone ${id}`),
    ...(torn === 0 ? [] : [`the list of tombstones without ${torn} torn lines`]),
  ];
}

function optionsOf({
  actor,
  progress,
  lockTimeout,
}: Exam["ctx"]): Parameters<typeof lockWorktree>[2] {
  return { actor, progress, command: "doctor", timeoutMs: lockTimeout };
}
