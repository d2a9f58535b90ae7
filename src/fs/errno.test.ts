import { constants } from "node:os";
import { expect, test } from "vitest";
import { errnoName } from "./errno.ts";

/** Where a number has two names. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  EWOULDBLOCK: "EAGAIN",
  EOPNOTSUPP: "ENOTSUP",
};

test("error numbers have the names that the system gives them", () => {
  const known = Object.entries(constants.errno);
  expect(known.length).toBeGreaterThan(70);
  for (const [name, number] of known)
    expect([number, errnoName(number)]).toEqual([number, OTHER_NAMES[name] ?? name]);
  expect([0, 41, 58, 133, 4095].map(errnoName)).toEqual(["E0", "E41", "E58", "E133", "E4095"]);
});
