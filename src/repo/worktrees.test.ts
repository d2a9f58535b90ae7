import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { worktreePath } from "./layout.ts";
import { idAt, makeScratchRepo, NOW } from "./scratch-repo.suite.ts";
import { listWorktrees, moveHead, readWorktree, writeWorktree } from "./worktrees.ts";

const CREATED = NOW.toISOString();

test("reads back what it wrote, with fields it does not know", () => {
  using box = makeScratchRepo();
  const fork = {
    name: "a.b",
    path: "/else/where",
    created_at: CREATED,
    base_snapshot_id: idAt(1),
    colour: "red",
  };

  writeWorktree(box.repo, fork);

  expect(readWorktree(box.repo, "a.b")).toEqual(fork);
  expect(readFileSync(worktreePath(box.repo.layout, "a.b"), "utf8")).toMatch(
    /^\{\n {2}"name".*\}\n$/s,
  );
});

test("takes over the temporary file of a killed write", () => {
  using box = makeScratchRepo();
  writeFileSync(`${worktreePath(box.repo.layout, "main")}.tmp`, "half");

  writeWorktree(box.repo, { name: "main", path: "elsewhere", created_at: CREATED });

  expect(readdirSync(box.repo.layout.worktrees)).toEqual(["main.json"]);
  expect(readWorktree(box.repo, "main").path).toBe("elsewhere");
});

test("replaces a link in its place instead of writing through it", () => {
  using box = makeScratchRepo();
  writeFileSync(`${box.root}/precious`, "precious");
  symlinkSync(`${box.root}/precious`, worktreePath(box.repo.layout, "x"));

  writeWorktree(box.repo, { name: "x", path: "x", created_at: CREATED });

  expect(readFileSync(`${box.root}/precious`, "utf8")).toBe("precious");
  expect(readWorktree(box.repo, "x").path).toBe("x");
});

test("says that a worktree does not exist", () => {
  using box = makeScratchRepo();

  expect(() => readWorktree(box.repo, "nope")).toThrow(
    expect.objectContaining({ code: "E_NOT_FOUND", message: "worktree 'nope' not found" }),
  );
});

test.each(["..", ".", "../repo", "a/b", "", "\u2025"])(
  "touches nothing for the name %j",
  (name) => {
    using box = makeScratchRepo();
    const worktree = { name, path: "x", created_at: CREATED };

    expect(() => readWorktree(box.repo, name)).toThrow(
      expect.objectContaining({ code: "E_NAME_INVALID" }),
    );
    expect(() => writeWorktree(box.repo, worktree)).toThrow(
      expect.objectContaining({ code: "E_NAME_INVALID" }),
    );
  },
);

test.each([
  ["", "no JSON object"],
  ["null", "no JSON object"],
  ['{"name":"x"', "no JSON object"],
  ['{"name":"y","path":"x","created_at":""}', 'its name is "y"'],
  ['{"name":"x","created_at":""}', '"path" is no text'],
  ['{"name":"x","path":"a/../../b","created_at":""}', "leads out"],
  ['{"name":"x","path":"x"}', '"created_at" is no text'],
  ['{"name":"x","path":"x","created_at":"","head_snapshot_id":"../x"}', '"head_snapshot_id" is no'],
  ['{"name":"x","path":"x","created_at":"","latest_snapshot_id":7}', '"latest_snapshot_id" is no'],
])("names what is wrong with the record %j", (text, why) => {
  using box = makeScratchRepo();
  writeFileSync(worktreePath(box.repo.layout, "x"), text);

  expect(() => readWorktree(box.repo, "x")).toThrow(
    expect.objectContaining({ code: "E_CONFIG", message: expect.stringContaining(why) }),
  );
  expect(listWorktrees(box.repo)).toEqual({
    worktrees: [expect.objectContaining({ name: "main" })],
    unreadable: [{ name: "x", why: expect.stringContaining(why) }],
  });
});

test("lists by name, passes over temporary files, names strangers", () => {
  using box = makeScratchRepo();
  for (const name of ["z", "b"]) writeWorktree(box.repo, { name, path: name, created_at: CREATED });
  writeFileSync(`${box.repo.layout.worktrees}/b.json.0badcafe.tmp`, "half");
  mkdirSync(`${box.repo.layout.worktrees}/folder`);
  writeFileSync(`${box.repo.layout.worktrees}/a b.json`, "{}");

  const { worktrees, unreadable } = listWorktrees(box.repo);

  expect(worktrees.map(({ name }) => name)).toEqual(["b", "main", "z"]);
  expect(unreadable).toEqual([{ name: "a b", why: expect.stringContaining("name must match") }]);
});

test("moves head and latest when head is what was expected", () => {
  using box = makeScratchRepo();
  const [first, second] = [idAt(1), idAt(2)];

  moveHead(box.repo, "main", { expected: undefined, head: first, latest: first });
  moveHead(box.repo, "main", { expected: first, head: second, latest: second });
  const moved = moveHead(box.repo, "main", { expected: second, head: first, latest: second });

  expect(moved).toEqual(readWorktree(box.repo, "main"));
  expect(moved).toMatchObject({ path: ".", head_snapshot_id: first, latest_snapshot_id: second });
});

test("moves head back to nothing", () => {
  using box = makeScratchRepo();
  moveHead(box.repo, "main", { expected: undefined, head: idAt(1), latest: idAt(1) });

  moveHead(box.repo, "main", { expected: idAt(1), head: undefined, latest: undefined });

  expect(readWorktree(box.repo, "main")).toEqual({ name: "main", path: ".", created_at: CREATED });
});

test("leaves a head alone that is not what was expected", () => {
  using box = makeScratchRepo();
  moveHead(box.repo, "main", { expected: undefined, head: idAt(1), latest: idAt(1) });

  const move = { expected: undefined, head: idAt(2), latest: idAt(2) };

  expect(() => moveHead(box.repo, "main", move)).toThrow(
    expect.objectContaining({
      code: "E_LOCKED",
      details: expect.objectContaining({ found: idAt(1) }),
    }),
  );
  expect(readWorktree(box.repo, "main").head_snapshot_id).toBe(idAt(1));
});

test("does not mind a move that was made already", () => {
  using box = makeScratchRepo();
  const move = { expected: undefined, head: idAt(1), latest: idAt(1) };

  const once = moveHead(box.repo, "main", move);

  expect(moveHead(box.repo, "main", move)).toEqual(once);
});
