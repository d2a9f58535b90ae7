import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { type Intent, listIntents, removeIntent, writeIntent } from "./intents.ts";
import { idAt, makeScratchRepo, NOW } from "./scratch-repo.suite.ts";

const INTENT: Intent = {
  id: idAt(1),
  kind: "snapshot",
  worktree: "a.b",
  started_at: NOW.toISOString(),
  pid: 42,
  data: { head: null, paths: ["x"] },
};

test.each([true, false])("lists what was written until it is removed (sync: %s)", (sync) => {
  using box = makeScratchRepo();
  const other: Intent = { ...INTENT, id: idAt(0), kind: "restore", worktree: "x.json" };

  writeIntent(box.repo, INTENT, { sync });
  writeIntent(box.repo, other, { sync });
  expect(listIntents(box.repo)).toEqual([other, INTENT]);

  removeIntent(box.repo, other);
  removeIntent(box.repo, other);
  expect(listIntents(box.repo)).toEqual([INTENT]);
});

test("tells from the name what is under way, wherever the content was cut off", () => {
  using box = makeScratchRepo();
  writeIntent(box.repo, INTENT);
  const [name = ""] = readdirSync(box.repo.layout.intents);
  const path = `${box.repo.layout.intents}/${name}`;
  const whole = readFileSync(path);

  for (let length = 0; length < whole.length - 1; length++) {
    writeFileSync(path, whole.subarray(0, length));
    expect(listIntents(box.repo)).toEqual([
      {
        id: INTENT.id,
        kind: "snapshot",
        worktree: "a.b",
        started_at: "",
        pid: 0,
        data: null,
        torn: true,
      },
    ]);
  }
  writeFileSync(path, Buffer.alloc(whole.length));
  expect(listIntents(box.repo)).toMatchObject([{ id: INTENT.id, torn: true }]);
});

test.each(["id", "kind", "worktree"])(
  "does not trust content with another %s than its name",
  (field) => {
    using box = makeScratchRepo();
    writeIntent(box.repo, INTENT);
    const [name = ""] = readdirSync(box.repo.layout.intents);
    writeFileSync(
      `${box.repo.layout.intents}/${name}`,
      JSON.stringify({ ...INTENT, [field]: "other" }),
    );

    expect(listIntents(box.repo)).toMatchObject([{ id: INTENT.id, torn: true }]);
  },
);

test("a torn intent can be removed by what its name tells", () => {
  using box = makeScratchRepo();
  writeFileSync(`${box.repo.layout.intents}/${idAt(3)}.restore.main.json`, "");
  const [torn] = listIntents(box.repo);

  removeIntent(box.repo, torn as Intent);

  expect(readdirSync(box.repo.layout.intents)).toEqual([]);
});

test("refuses a second intent of the same name, and keeps the first", () => {
  using box = makeScratchRepo();
  writeIntent(box.repo, INTENT);

  expect(() => writeIntent(box.repo, { ...INTENT, pid: 43 })).toThrow(
    expect.objectContaining({ code: "EEXIST" }),
  );
  expect(listIntents(box.repo)).toEqual([INTENT]);
});

test("passes over strangers, and does without its folder until it needs it", () => {
  using box = makeScratchRepo();
  writeFileSync(`${box.repo.layout.intents}/.DS_Store`, "");
  writeFileSync(`${box.repo.layout.intents}/x.party.main.json`, "{}");
  expect(listIntents(box.repo)).toEqual([]);

  rmSync(box.repo.layout.intents, { recursive: true });
  expect(listIntents(box.repo)).toEqual([]);
  writeIntent(box.repo, INTENT);
  expect(listIntents(box.repo)).toEqual([INTENT]);
});

test("what a kill left of an intent that was being written anew goes with it", () => {
  using box = makeScratchRepo();
  const { intents } = box.repo.layout;
  const intent: Intent = { ...INTENT, kind: "worktree" };
  writeIntent(box.repo, intent);
  writeFileSync(`${intents}/${readdirSync(intents)[0]}.tmp`, "half of");
  expect(listIntents(box.repo)).toHaveLength(1);

  removeIntent(box.repo, intent);
  expect(readdirSync(intents)).toEqual([]);
});
