import { JvsError } from "../model/errors.ts";

/** The words after `jvs` do not parse. Shown without the usual `jvs: ` in front, as users know it. */
export class UsageError extends JvsError {
  constructor(message: string, hint = "") {
    super(message, { code: "E_USAGE", ...(hint === "" ? {} : { hint }) });
  }
}

/** An unset variable in a script must not mean everything. */
export function emptyPath(): UsageError {
  return new UsageError(
    "a path is empty",
    'Write "." for everything here, or leave the paths out altogether',
  );
}
