import { parseSpan } from "../../model/amounts.ts";
import { JvsError } from "../../model/errors.ts";
import type { RetentionPolicy, RetentionRules } from "../../model/retention.ts";
import type { RetentionSetting } from "../../model/settings.ts";
import type { Repo } from "../../repo/repo.ts";
import { readRetention } from "../../repo/retention-policy.ts";
import type { Context } from "../context.ts";

/**
 * The rules that hold: those of the repository, or where it has none those of the settings.
 *
 * @throws E_CONFIG when they make no sense
 */
export function choosePolicy(
  repo: Repo,
  { retention }: Pick<Context, "retention">,
): RetentionPolicy {
  const own = readRetention(repo);
  if (retention === undefined || Object.keys(own).length > 0) return own;
  const rules = rulesOf(retention);
  return Object.keys(rules).length === 0 ? {} : { manual: rules, auto: rules };
}

/** The older jvs wrote `keep: 0` and `within: ""` where it meant nothing at all. */
function rulesOf({ keep, within }: RetentionSetting): RetentionRules {
  return {
    ...(keep ? { keep_last: keep } : {}),
    ...(within ? { keep_within: spanOf(within) } : {}),
  };
}

function spanOf(text: string): number {
  const span = parseSpan(text);
  if (span !== undefined) return span;
  throw new JvsError(`Cannot understand the setting retention.within: "${text}" is no span`, {
    code: "E_CONFIG",
    hint: "Write a span such as 12h, 7d or 4w",
  });
}
