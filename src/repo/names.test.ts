import { expect, test } from "vitest";
import { checkName, type NameKind } from "./names.ts";

test.each([
  ["worktree", "", "E_NAME_INVALID: name must not be empty"],
  ["worktree", "..", "E_NAME_INVALID: name must not contain '..': .."],
  ["worktree", "a..b", "E_NAME_INVALID: name must not contain '..': a..b"],
  [
    "worktree",
    "../worktrees/main",
    "E_NAME_INVALID: name must not contain '..': ../worktrees/main",
  ],
  ["worktree", "a/b", "E_NAME_INVALID: name must not contain separators: a/b"],
  ["repository", "a\\b", "E_NAME_INVALID: name must not contain separators: a\\b"],
  ["worktree", "a\nb", 'E_NAME_INVALID: name must not contain control characters: "a\\nb"'],
  ["worktree", "a\0b", 'E_NAME_INVALID: name must not contain control characters: "a\\u0000b"'],
  ["worktree", "a b", "E_NAME_INVALID: name must match [a-zA-Z0-9._-]+: a b"],
  ["worktree", "größe", "E_NAME_INVALID: name must match [a-zA-Z0-9._-]+: größe"],
  ["worktree", "a\u202eb", "E_NAME_INVALID: name must match [a-zA-Z0-9._-]+: a\u202eb"],
  ["worktree", ".", "E_NAME_INVALID: name must not be '.'"],
  ["tag", "", 'invalid tag "": E_NAME_INVALID: tag must not be empty'],
  ["tag", "a b", 'invalid tag "a b": E_NAME_INVALID: tag must match [a-zA-Z0-9._-]+: a b'],
  [
    "tag",
    "HEAD",
    expect.stringContaining('invalid tag "HEAD": E_NAME_INVALID: tag must not be HEAD'),
  ],
] as [NameKind, string, string][])("refuses the %s name %j", (kind, name, message) => {
  expect(() => checkName(kind, name)).toThrow(
    expect.objectContaining({ code: "E_NAME_INVALID", message }),
  );
});

test.each(["main", ".hid", "-x", "a.b-c_D9", "x".repeat(200)])("accepts %j", (name) => {
  expect(checkName("worktree", name)).toBe(name);
});

test("refuses a name that would not fit into a file name with its id", () => {
  expect(() => checkName("worktree", "x".repeat(201))).toThrow("must not be longer than 200");
});

test("gives back the composed form", () => {
  expect(checkName("worktree", "\u212aelvin")).toBe("Kelvin");
});
