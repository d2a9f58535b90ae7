import type { AutoLimits, RetentionPolicy } from "../model/retention.ts";
import {
  isBlock,
  overlayRules,
  type RawRules,
  readLimits as readRawLimits,
  readRetention as readRawRetention,
} from "../model/retention-schema.ts";
import { notUnderstood } from "./json-object.ts";
import type { Repo } from "./repo.ts";

/** What repositories said in `repo.json` before `config.yaml` had a place for it. It still counts. */
export interface OldRules {
  readonly retention?: RawRules;
  readonly limits?: RawRules;
}

/** What makes no sense there is left out here: whoever acts on it hears of it. */
export function oldRulesOf({ record }: Repo): OldRules {
  const { retention, limits } = record as Partial<Record<keyof OldRules, unknown>>;
  return { ...(isBlock(retention) && { retention }), ...(isBlock(limits) && { limits }) };
}

function overlay(repo: Repo, key: keyof OldRules, fromSettings: RawRules): RawRules {
  const { [key]: said = {} } = repo.record as Partial<Record<keyof OldRules, unknown>>;
  if (isBlock(said)) return overlayRules(said, fromSettings);
  throw notUnderstood(repo.layout.repoJson, `"${key}" is no JSON object`);
}

/**
 * The rules in force: those of the settings, and those of `repo.json` that the settings do not say.
 *
 * @throws E_CONFIG for a rule that is unknown or makes no sense: guessing could delete too much
 */
export function readRetention(repo: Repo, fromSettings: RawRules = {}): RetentionPolicy {
  const policy = readRawRetention(overlay(repo, "retention", fromSettings));
  if (typeof policy === "string") throw notUnderstood(repo.layout.repoJson, policy);
  return policy;
}

/**
 * The same for limits; what nobody says is as usual.
 *
 * @throws E_CONFIG for a limit that makes no sense
 */
export function readLimits(repo: Repo, fromSettings: RawRules = {}): AutoLimits {
  const limits = readRawLimits(overlay(repo, "limits", fromSettings));
  if (typeof limits === "string") throw notUnderstood(repo.layout.repoJson, limits);
  return limits;
}
