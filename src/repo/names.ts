import { JvsError } from "../model/errors.ts";
import { faultOfTag } from "../model/tag-name.ts";

export type NameKind = "repository" | "worktree" | "tag";

const ALLOWED = /^[a-zA-Z0-9._-]+$/;

/** Leaves room for the ids and endings of the files that carry a worktree's name: 255 bytes in all. */
const LONGEST_NAME = 200;

/**
 * Checks a name that a user typed, and gives it back in Unicode's composed form (NFC).
 *
 * @throws E_NAME_INVALID saying which rule it breaks.
 */
export function checkName(kind: NameKind, text: string): string {
  const name = text.normalize("NFC");
  const fault = kind === "tag" ? faultOfTag(name) : faultOfName(name);
  if (fault === undefined) return name;
  const inTag = `invalid tag "${name}": E_NAME_INVALID: tag must ${fault}`;
  throw new JvsError(kind === "tag" ? inTag : fault, {
    code: "E_NAME_INVALID",
    hint: "Use letters and digits of ASCII, dots, dashes and underscores",
    details: { name },
  });
}

/** The order of the rules is part of the promise: scripts look for the words. */
function faultOfName(name: string): string | undefined {
  const fault = (words: string): string => `E_NAME_INVALID: name must ${words}`;
  if (name === "") return fault("not be empty");
  if (name.includes("..")) return fault(`not contain '..': ${name}`);
  if (/[/\\]/.test(name)) return fault(`not contain separators: ${name}`);
  if (/\p{Cc}/u.test(name)) return fault(`not contain control characters: ${JSON.stringify(name)}`);
  if (!ALLOWED.test(name)) return fault(`match [a-zA-Z0-9._-]+: ${name}`);
  if (name === ".") return fault("not be '.'");
  if (name.length > LONGEST_NAME)
    return fault(`not be longer than ${LONGEST_NAME} characters: ${name}`);
  return undefined;
}

/**
 * Checks the id of a plan as a user typed it.
 *
 * @throws E_NAME_INVALID unless it is a UUID in lower case.
 */
export function checkPlanId(text: string): string {
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text)) return text;
  throw new JvsError(`Cannot use the plan id ${JSON.stringify(text)}: it is no plan id`, {
    code: "E_NAME_INVALID",
    hint: "`jvs gc plan` makes a plan and prints its id",
    details: { plan_id: text },
  });
}
