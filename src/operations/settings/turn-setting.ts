import type { OperationRecord } from "../../model/operation.ts";
import type { UndoReport } from "../../model/reports.ts";
import { settingsPath } from "../../repo/layout.ts";
import { appendOperation } from "../../repo/operation-log.ts";
import { writeSetting } from "../../repo/settings-file.ts";
import type { Context } from "../context.ts";
import type { Workspace } from "../open-workspace.ts";

/** Takes the change of a setting back, or makes it again. The caller holds the lock of the worktree. */
export async function turnSetting(
  ctx: Context,
  { repo, worktree }: Workspace,
  { record, direction }: { record: OperationRecord; direction: "undo" | "redo" },
): Promise<UndoReport> {
  const { seq, operation, target, timestamp, refs } = record;
  const name = `${worktree.name}/config:${target}`;
  const [before = null, after = null] = refs[name] ?? [];
  const move = direction === "undo" ? ([after, before] as const) : ([before, after] as const);
  const [, wanted] = move;
  await writeSetting(
    settingsPath(repo.layout),
    target,
    wanted === null ? undefined : JSON.parse(wanted),
  );
  appendOperation(repo, {
    operation: direction,
    actor: ctx.actor,
    target,
    reason: `${operation} ${target}`,
    refs: { [name]: move, undoes: [null, String(seq)] },
    now: ctx.now(),
  });
  const effect = `The setting ${target} is ${wanted === null ? "not set" : wanted}`;
  return { seq, operation, target, timestamp, effect, head: worktree.head_snapshot_id ?? null };
}
