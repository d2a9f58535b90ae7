import { JvsError } from "../../model/errors.ts";
import type { Descriptor, SnapshotId } from "../../model/snapshot.ts";
import type { Worktree } from "../../model/worktree.ts";
import { type Intent, listIntents } from "../../repo/intents.ts";
import { listLabelledIds } from "../../repo/label-ids.ts";
import { readLogKnowledge } from "../../repo/log-knowledge.ts";
import { listMissingPins, listMissingWorktrees } from "../../repo/missing-records.ts";
import { readOperationsBackwards } from "../../repo/operation-log.ts";
import { isInForce, listPins } from "../../repo/pins.ts";
import type { Repo } from "../../repo/repo.ts";
import { listViews } from "../../repo/views.ts";
import { listWorktrees } from "../../repo/worktrees.ts";
import { findUndo } from "../undo-stack.ts";

export type Protector = "pointer" | "pin" | "label" | "view" | "work" | "tag" | "safety" | "undo";

/** Why a snapshot stays, whatever the rules say. */
export interface Protection {
  readonly by: Protector;
  readonly reason: string;
}

const DAY_MS = 86_400_000;
/** How long what was set aside, or taken out of the history, can be brought back. */
export const RECENT_MS: number = 7 * DAY_MS;

/**
 * The snapshots that no rule can touch: what worktrees stand on, pins, labels, work under way, and
 * what the next `undo` needs.
 *
 * @throws E_CONFIG when a record that may protect something cannot be read: then nothing may be removed
 */
export function listProtected(repo: Repo, now: Date): Map<SnapshotId, Protection> {
  const found = new Map<SnapshotId, Protection>();
  const worktrees = readAllWorktrees(repo);
  const named = [
    ...worktrees.flatMap(pointersOf),
    ...listPins(repo)
      .filter((pin) => isInForce(pin, now))
      .map((pin) => name(pin.snapshot_id, "pin", describePin(pin))),
    ...[...listLabelledIds(repo)].map(([id, label]) => name(id, "label", `label ${label}`)),
    ...listViews(repo).map(({ id }) => name(id, "view", "its folder is in use (jvs view)")),
    ...listIntents(repo).flatMap(neededByWork),
    ...worktrees.flatMap((worktree) => neededByUndo(repo, worktree)),
  ];
  for (const [id, protection] of named)
    if (id !== undefined && !found.has(id)) found.set(id, protection);
  return found;
}

type Named = readonly [SnapshotId | undefined, Protection];

function name(id: SnapshotId | undefined, by: Protector, reason: string): Named {
  return [id, { by, reason }];
}

function pointersOf(worktree: Worktree): Named[] {
  const { head_snapshot_id, latest_snapshot_id, base_snapshot_id } = worktree;
  return [
    name(head_snapshot_id, "pointer", `head of ${worktree.name}`),
    name(latest_snapshot_id, "pointer", `latest of ${worktree.name}`),
    name(base_snapshot_id, "pointer", `${worktree.name} was forked from it`),
  ];
}

function neededByWork(intent: Intent): Named[] {
  const reason = `${intent.kind} under way in ${intent.worktree}`;
  return idsIn(JSON.stringify(intent)).map((id) => name(id, "work", reason));
}

function neededByUndo(repo: Repo, worktree: Worktree): Named[] {
  const next = findUndo(() => readOperationsBackwards(repo), worktree.name);
  const reason = `the next undo in ${worktree.name} needs it`;
  return idsIn(JSON.stringify(next?.refs ?? {})).map((id) => name(id, "undo", reason));
}

function describePin({ reason, expires_at }: { reason?: string; expires_at?: string }): string {
  const until = expires_at === undefined ? "" : ` until ${expires_at.slice(0, 10)}`;
  return `pinned${until}${reason === undefined ? "" : `: ${reason}`}`;
}

/**
 * What the log says is needed, and whose records went away without any operation. Reads the whole log.
 */
export function listMissed(repo: Repo, now: Date): Map<SnapshotId, Protection> {
  const known = readLogKnowledge(repo.layout);
  const named = [
    ...listMissingWorktrees(repo, known).flatMap(({ name: worktree, head, latest, record }) => {
      const reason = `${worktree}, whose record is gone, stood on it`;
      return [head, latest, record?.base_snapshot_id].map((id) => name(id, "pointer", reason));
    }),
    ...listMissingPins(repo, known)
      .filter((pin) => isInForce(pin, now))
      .map((pin) => name(pin.snapshot_id, "pin", `${describePin(pin)} (its file is gone)`)),
  ];
  return new Map(named.filter((one): one is [SnapshotId, Protection] => one[0] !== undefined));
}

/** What operations of the last days name: undo and redo may want it. */
export function listRecentlyUsed(repo: Repo, now: Date): Map<SnapshotId, Protection> {
  const found = new Map<SnapshotId, Protection>();
  for (const { timestamp, seq, refs } of readOperationsBackwards(repo)) {
    if (now.getTime() - Date.parse(timestamp) > RECENT_MS) break;
    const reason = `operation ${seq} of ${timestamp.slice(0, 10)} can be taken back`;
    for (const id of idsIn(JSON.stringify(refs)))
      if (!found.has(id)) found.set(id, { by: "undo", reason });
  }
  return found;
}

/** Tags and age: what a descriptor says for itself. */
export function protectionOf(
  { kind, tags = [], created_at }: Descriptor,
  { tagsCount, now }: { tagsCount: boolean; now: Date },
): Protection | undefined {
  if (tagsCount && tags.length > 0) return { by: "tag", reason: `tagged ${tags.join(", ")}` };
  const until = Date.parse(created_at) + RECENT_MS;
  if (kind !== "safety" || until <= now.getTime()) return undefined;
  return {
    by: "safety",
    reason: `safety snapshot, kept until ${new Date(until).toISOString().slice(0, 10)}`,
  };
}

function readAllWorktrees(repo: Repo): readonly Worktree[] {
  const { worktrees, unreadable } = listWorktrees(repo);
  const [first] = unreadable;
  if (first === undefined) return worktrees;
  throw new JvsError(
    `Cannot collect garbage: the record of worktree "${first.name}" cannot be read: ${first.why}`,
    {
      code: "E_CONFIG",
      hint: "It may protect snapshots, so nothing was removed; `jvs doctor` says how to mend it",
      details: { worktrees: unreadable.map(({ name }) => name) },
    },
  );
}

function idsIn(text: string): SnapshotId[] {
  return (text.match(/\b\d{13}-[0-9a-f]{8}\b/g) ?? []) as SnapshotId[];
}
