import type { SnapshotId } from "../../model/snapshot.ts";
import type { Worktree } from "../../model/worktree.ts";
import { faultKey } from "../../repo/known-faults.ts";
import { worktreePath } from "../../repo/layout.ts";
import type { Repo } from "../../repo/repo.ts";
import { listWorktrees } from "../../repo/worktrees.ts";
import type { Exam } from "./exam.ts";
import type { LogBreak } from "./log-break.ts";

/** The log tells where head and latest went: a cut end, or a record put back from a backup, shows. */
export function compareWithLog(exam: Exam, worktree: Worktree): LogBreak[] {
  const { repo, intents } = exam;
  if (intents.some((intent) => intent.worktree === worktree.name)) return []; // Work is under way.
  const { head_snapshot_id: head = null, latest_snapshot_id: latest = null } = worktree;
  const found = [
    ...comparePointer(exam, worktree, ["head", head]),
    ...comparePointer(exam, worktree, ["latest", latest]),
  ];
  // By a command that began since the record was read.
  return found.length > 0 && hasMoved(repo, worktree) ? [] : found;
}

function comparePointer(
  { repo, log }: Exam,
  { name }: Worktree,
  [pointer, id]: readonly [string, SnapshotId | null],
): LogBreak[] {
  const logged = log.known.refs.get(`${name}/${pointer}`);
  if (logged === undefined || logged === id) return [];
  const told = `the log last moved the ${pointer} of worktree '${name}' to ${logged ?? "nothing"}`;
  return [
    {
      code: "log-disagrees",
      why: `${told}, its record says ${id ?? "nothing"}: the end of the log is missing, or the record was altered`,
      path: worktreePath(repo.layout, name),
      key: faultKey("disagrees", name, pointer, logged ?? "", id ?? ""),
    },
  ];
}

function hasMoved(repo: Repo, before: Worktree): boolean {
  const now = listWorktrees(repo).worktrees.find(({ name }) => name === before.name);
  return (
    now?.head_snapshot_id !== before.head_snapshot_id ||
    now?.latest_snapshot_id !== before.latest_snapshot_id
  );
}
