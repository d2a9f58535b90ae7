import { JvsError } from "../model/errors.ts";
import type { SnapshotReport } from "../model/reports.ts";
import { type SnapshotKind, shortId } from "../model/snapshot.ts";
import { isDetached } from "../model/worktree.ts";
import { readDescriptor } from "../repo/descriptors.ts";
import { captureSnapshot } from "./capture-snapshot.ts";
import type { Context } from "./context.ts";
import { lockWorkspace } from "./lock-workspace.ts";
import type { Workspace } from "./open-workspace.ts";
import { tidyStore } from "./tidy-store.ts";

export interface TakeSnapshotOptions {
  readonly note: string;
  readonly tags: readonly string[];
  readonly meta: Readonly<Record<string, string>>;
  /** Take none when nothing differs from head. */
  readonly ifChanged: boolean;
  readonly allowUnstable: boolean;
  readonly kind?: SnapshotKind;
}

/**
 * Records the whole workspace as it is now.
 *
 * @throws E_NO_REPOSITORY, E_LOCKED, E_DETACHED, E_NO_SPACE, E_FILE_CHANGING, E_INTERRUPTED
 */
export async function takeSnapshot(
  ctx: Context,
  options: TakeSnapshotOptions,
): Promise<SnapshotReport> {
  using locked = await lockWorkspace(ctx, "snapshot");
  const { workspace } = locked;
  refuseDetached(workspace);
  const head = workspace.worktree.head_snapshot_id;
  const { descriptor, unchanged } = await captureSnapshot(ctx, workspace, {
    kind: options.kind ?? "manual",
    note: options.note,
    tags: options.tags,
    meta: options.meta,
    allowUnstable: options.allowUnstable,
    unlessAs: options.ifChanged && head !== undefined ? [readDescriptor(workspace.repo, head)] : [],
  });
  if (!unchanged) await tidyStore(ctx, workspace);
  return { descriptor, unchanged, warnings: [] };
}

function refuseDetached({ worktree }: Workspace): void {
  const { head_snapshot_id: head } = worktree;
  if (head === undefined || !isDetached(worktree)) return;
  throw new JvsError("cannot create snapshot in detached state", {
    code: "E_DETACHED",
    hint: `Run \`jvs restore HEAD\` to return to the latest state (your changes are kept first), or \`jvs worktree fork ${shortId(head)} <name>\``,
    details: { snapshot_id: head },
  });
}
