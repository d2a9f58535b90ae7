import type { Intent } from "../repo/intents.ts";
import type { Context } from "./context.ts";
import { namesOf, type WorktreePlan } from "./worktree-plan.ts";

/** The plan as it is written down before it is carried out. */
export function intentOfPlan(ctx: Context, plan: WorktreePlan): Intent {
  return {
    id: plan.id,
    kind: "worktree",
    worktree: namesOf(plan)[0] as string,
    started_at: ctx.now().toISOString(),
    pid: ctx.actor.pid,
    data: { plan },
  };
}
