import { dropLookAhead, lookAhead } from "../repo/look-ahead.ts";

/** Looks at the workspace around the current folder before a command comes to it; what it did not come to ends with the result. */
export function beginLooking(): Disposable {
  lookAhead();
  return { [Symbol.dispose]: dropLookAhead };
}
