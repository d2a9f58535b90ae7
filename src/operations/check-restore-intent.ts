import { JvsError } from "../model/errors.ts";
import type { RawPath } from "../model/raw-path.ts";
import { isSnapshotId } from "../model/snapshot.ts";
import type { Intent } from "../repo/intents.ts";
import type { MovedAway } from "../tree/apply/bring-back-edited.ts";
import type { MovePlan } from "./move-workspace.ts";

/** What a restore wrote down before it began. */
export interface RestoreIntentData {
  readonly plan: MovePlan;
  /** What was to be moved away. */
  readonly victims: readonly MovedAway[];
  /** What was to stay with another mode, time and the like, and what it looked like. */
  readonly touched: readonly Looks[];
}

/** A path, and what was there when it was scanned: see fingerprintOfRow. */
export interface Looks {
  readonly path: RawPath;
  readonly was: string;
}

/**
 * What the intent of a restore holds, if jvs can have written it: names that lead elsewhere would
 * have us move files there, and a `.jvs` can come with anybody's archive.
 *
 * @throws E_CONFIG
 */
export function checkRestoreIntent(intent: Intent): RestoreIntentData {
  const { plan, victims, touched = [] } = (intent.data ?? {}) as Partial<RestoreIntentData>;
  const isSound =
    plan !== undefined &&
    Array.isArray(victims) &&
    plan.id === intent.id &&
    [plan.id, plan.target].every(isSnapshotId) &&
    Array.isArray(plan.paths) &&
    plan.paths.every((path) => path === "" || isInside(path)) &&
    victims.every(({ path, staged }) => isInside(path) && /^\d+$/.test(staged));
  if (isSound) return { plan, victims, touched };
  throw new JvsError(`Cannot finish the interrupted restore ${intent.id}: its record was altered`, {
    code: "E_CONFIG",
    hint: "Remove the file of that name in .jvs/intents if you know that no restore was interrupted here",
    details: { intent: intent.id },
  });
}

/** A path from the root of a workspace, as jvs writes them. */
function isInside(path: unknown): boolean {
  if (typeof path !== "string" || path === "") return false;
  return path.split("/").every((name) => name !== "" && name !== "." && name !== "..");
}
