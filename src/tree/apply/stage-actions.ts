import { makeHardLink } from "../../fs/at.ts";
import type { Progress } from "../../model/progress.ts";
import { type RawPath, toText } from "../../model/raw-path.ts";
import type { RestoreIssue } from "../../model/reports.ts";
import type { Action } from "./plan-actions.ts";
import type { WriteContext } from "./write-context.ts";
import { writeEntry } from "./write-entry.ts";

export interface StageInput extends WriteContext {
  /** The open staging folder. */
  readonly staging: number;
  readonly progress: Progress;
}

/** Writes everything that will be placed into the staging folder. Returns what the system refused. */
export async function stageActions(
  actions: readonly Action[],
  input: StageInput,
): Promise<RestoreIssue[]> {
  const issues: RestoreIssue[] = [];
  let bytes = 0;
  for (const [index, action] of actions.entries()) {
    if (action.kind !== "place") continue;
    for (const what of await stageOne(action, input))
      issues.push({
        path: toText(action.path),
        kind: "degraded",
        why: `the system refused ${what}`,
      });
    bytes += action.entry.size;
    if (index % 32 !== 0 && action.entry.size < 1 << 20) continue;
    input.progress.report({ phase: "writing", done: index, total: actions.length, bytes });
    await input.progress.breathe();
  }
  return issues;
}

async function stageOne(action: Action & { kind: "place" }, input: StageInput): Promise<string[]> {
  const name = action.staged as RawPath;
  if (action.linkTo === undefined)
    return await writeEntry({ at: input.staging, name }, action.entry, input);
  makeHardLink({ at: input.staging, name: action.linkTo as RawPath }, { at: input.staging, name });
  return [];
}
