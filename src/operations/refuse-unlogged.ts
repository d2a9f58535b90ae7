import { JvsError } from "../model/errors.ts";
import type { OperationRecord } from "../model/operation.ts";
import { type SnapshotId, shortId } from "../model/snapshot.ts";
import type { Worktree } from "../model/worktree.ts";

/** What is to be turned, and where the log says that it left the worktree. */
export interface LoggedStand {
  readonly direction: "undo" | "redo";
  readonly record: OperationRecord;
  readonly head: string | null;
  readonly latest: string | null;
}

/**
 * Turning an operation takes the worktree to where it was before it. That is only right where the
 * worktree is still where the operation left it: after a power cut the log may lack what was done
 * since, and snapshots that it does not tell of would silently leave the history.
 *
 * @throws E_AUDIT_CHAIN_BROKEN
 */
export function refuseUnlogged(worktree: Worktree, logged: LoggedStand): void {
  const { name, head_snapshot_id: head = null, latest_snapshot_id: latest = null } = worktree;
  if (head === logged.head && latest === logged.latest) return;
  const { direction, record } = logged;
  const [what, is, was] =
    head === logged.head ? ["latest", latest, logged.latest] : ["head", head, logged.head];
  throw new JvsError(
    `Cannot ${direction} operation ${record.seq} (${record.operation}): the ${what} of worktree '${name}' is ${named(is)}, and the log left it at ${named(was)}`,
    {
      code: "E_AUDIT_CHAIN_BROKEN",
      hint: "The log lacks what was done since (`jvs doctor`), and nothing was changed; `jvs restore <ref>` goes to any snapshot of `jvs history --all`, and undo can take that back",
      details: { seq: record.seq, worktree: name, [what]: is ?? "", logged: was ?? "" },
    },
  );
}

function named(id: string | null): string {
  return id === null ? "nothing" : `snapshot ${shortId(id as SnapshotId)}`;
}
