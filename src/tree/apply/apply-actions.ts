import { closeFd, createFile, openFolder } from "../../fs/at.ts";
import { FolderCursor } from "../../fs/folder-cursor.ts";
import { AT_FDCWD } from "../../fs/libc.ts";
import { explainError, JvsError, systemCodeOf } from "../../model/errors.ts";
import { failPoint } from "../../model/fail-point.ts";
import type { Progress } from "../../model/progress.ts";
import { fromText, pathFields, type RawPath, toText } from "../../model/raw-path.ts";
import type { RestoreIssue } from "../../model/reports.ts";
import type { ScanTable } from "../scan-table.ts";
import type { Action } from "./action.ts";
import { ActionRunner } from "./action-runner.ts";
import { ALL_STAGED } from "./bring-back-edited.ts";
import type { PlannedActions } from "./planned-actions.ts";
import { stageActions } from "./stage-actions.ts";
import { syncPlaced } from "./sync-placed.ts";
import type { WriteContext } from "./write-context.ts";

export interface ApplyInput extends WriteContext {
  /** The open workspace. */
  readonly root: number;
  /** What was scanned; a name that is no longer as it says was edited meanwhile. */
  readonly table: ScanTable;
  /** An empty folder on the workspace's file system, for what comes and what goes. */
  readonly staging: string;
  /** Makes the names of conflict copies unique. */
  readonly tag: string;
  readonly progress: Progress;
}

/** What became of a plan. */
export interface Applied {
  /** What did not go as planned. */
  readonly issues: readonly RestoreIssue[];
  /** The staging folder holds nothing any more that has no other place. */
  readonly isClean: boolean;
}

/** A plan whose new content is written, so that what is left is to move names. */
export interface StagedPlan extends Disposable {
  /**
   * Moves names, one by one, none of them over something unexpected. Returns what did not go as
   * planned; throws only what ends the process, and then the plan is to be taken up again.
   */
  apply(): Promise<Applied>;
}

/**
 * Writes all new content of a plan beside the workspace: until that is done nothing in it changes.
 *
 * @throws SystemError (E_NO_SPACE ...), E_OBJECT_MISSING, E_OBJECT_DAMAGED, E_INTERRUPTED
 */
export async function stagePlan(actions: PlannedActions, input: ApplyInput): Promise<StagedPlan> {
  const staging = openFolder(AT_FDCWD, fromText(input.staging));
  try {
    const issues = await stageActions(actions, { ...input, staging });
    closeFd(createFile(staging, ALL_STAGED));
    failPoint("staged");
    return {
      apply: () => applyActions(actions, { ...input, stagingFd: staging, issues }),
      [Symbol.dispose]: () => closeFd(staging),
    };
  } catch (error) {
    closeFd(staging);
    throw error;
  }
}

async function applyActions(
  actions: PlannedActions,
  input: ApplyInput & { stagingFd: number; issues: readonly RestoreIssue[] },
): Promise<Applied> {
  using cursor = new FolderCursor(input.root);
  const runner = new ActionRunner(actions, { ...input, staging: input.stagingFd, cursor });
  let index = 0;
  for (const action of actions) {
    runAction(runner, action, index);
    if (index % 64 === 0)
      input.progress.report({ phase: "applying", done: index, total: actions.length });
    failPoint("applying");
    index++;
  }
  // Before the sync: what is removed while a journal commit is under way has to wait for it.
  const isClean = runner.releaseGraves();
  runner.closeFolders();
  await syncPlaced(actions, input.root);
  failPoint("applied");
  return { issues: [...input.issues, ...runner.issues], isClean };
}

/** One path that cannot be done is reported, and does not keep the others from being done. */
function runAction(runner: ActionRunner, action: Action, index: number): void {
  try {
    runner.run(action, index);
  } catch (error) {
    if (systemCodeOf(error) === "") throw error;
    runner.issues.push({
      ...pathFields(action.path),
      kind: "failed",
      why: reasonOf(error, action.path),
    });
  }
}

function reasonOf(error: unknown, path: RawPath): string {
  const explained = explainError(error);
  if (!(explained instanceof JvsError)) return `cannot change ${toText(path)}`;
  return explained.message.slice(explained.message.lastIndexOf('": ') + 3);
}
