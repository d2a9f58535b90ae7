import { beginLooking } from "../operations/begin-looking.ts";
import { indexOfName } from "./index-of-name.ts";

/** Commands that begin with a look at the whole workspace. */
const LOOKING: ReadonlySet<string> = new Set([
  ...["status", "st", "snapshot", "restore", "undo", "redo"],
]);

/** Begins that look while the command is loaded. */
export function lookWhileLoading(words: readonly string[]): Disposable | undefined {
  return LOOKING.has(words[indexOfName(words)] ?? "") ? beginLooking() : undefined;
}
