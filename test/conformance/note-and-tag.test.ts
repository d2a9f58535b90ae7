import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { canonicalJson } from "../../src/model/canonical-json.ts";
import { expectWhole, makeHistory, type Snapshot } from "../gc-history.ts";
import { makeSandbox, type Sandbox } from "../sandbox.ts";

interface Described extends Snapshot {
  readonly note?: string;
  readonly tags?: string[];
  readonly descriptor_checksum: string;
}

async function show(box: Sandbox, id: string): Promise<Described> {
  const all = await box.json<Described[]>("w", "history");
  return all.find(({ snapshot_id }) => snapshot_id === id) as Described;
}

/** Adds a field that this version does not know, as a later one would. */
function addField(box: Sandbox, id: string): string {
  const path = box.path(`w/.jvs/descriptors/${id}.json`);
  const {
    descriptor_checksum: _,
    integrity_state,
    ...rest
  } = JSON.parse(readFileSync(path, "utf8"));
  const covered = { ...rest, from_the_future: { a: [1] } };
  const checksum = createHash("sha256").update(canonicalJson(covered)).digest("hex");
  writeFileSync(
    path,
    JSON.stringify({ ...covered, integrity_state, descriptor_checksum: checksum }),
  );
  return path;
}

test("another note: the id stays, checksum and log fit, unknown fields survive (UX-09, IN-12)", async () => {
  await using box = makeSandbox();
  const [first = ""] = await makeHistory(box, 2);
  const path = addField(box, first);
  const before = await show(box, first);
  const head = before.descriptor_checksum;

  const edited = await box.jvs("w", "note", "edit", "s1", "better words");
  expect(edited).toMatchObject({
    exit: 0,
    out: `Changed the note: ${first.slice(14)} "better words"\n`,
  });
  const after = await show(box, first);
  expect(after).toEqual({
    ...before,
    note: "better words",
    descriptor_checksum: expect.not.stringMatching(head),
  });
  expect(JSON.parse(readFileSync(path, "utf8"))).toHaveProperty("from_the_future", { a: [1] });
  const [record] = await box.json<Record<string, unknown>[]>("w", "operations");
  expect(record).toMatchObject({
    operation: "note",
    target: first,
    refs: {
      [`main/note:${first}`]: ["s1", "better words"],
      [`main/checksum:${first}`]: [head, after.descriptor_checksum],
    },
  });
  await expectWhole(box);

  await box.jvs("w", "undo");
  expect(await show(box, first)).toEqual(before);
  await box.jvs("w", "redo");
  expect(await show(box, first)).toEqual(after);
  expect((await box.jvs("w", "note", "edit", "better words", "better words")).out).toContain(
    "Nothing to change",
  );
  expect(await box.json<unknown[]>("w", "operations", "-n", "0")).toHaveLength(6);
});

test("a note from stdin or a file, and none", async () => {
  await using box = makeSandbox({ "w/note.txt": "from a\nfile\n" });
  const [first = ""] = await makeHistory(box, 1);
  await box.run("w", ["note", "edit", "HEAD", "-"], { input: "\nfrom stdin\n" });
  expect((await show(box, first)).note).toBe("from stdin");
  await box.jvs("w", "note", "edit", "HEAD", "-F", "note.txt");
  expect((await show(box, first)).note).toBe("from a\nfile\n");
  await box.jvs("w", "note", "edit", "HEAD", "");
  expect(await show(box, first)).not.toHaveProperty("note");
  expect((await box.jvs("w", "note", "edit", "HEAD")).exit).toBe(2);
  expect((await box.jvs("w", "note", "edit", "nothing-like-it", "x")).exit).toBe(1);
});

test("tags come and go, each taken back by undo", async () => {
  await using box = makeSandbox();
  const [first = ""] = await makeHistory(box, 2);
  expect((await box.jvs("w", "tag", "add", "s1", "v1.0,good", "v1.0")).out).toContain(
    "Tags: v1.0, good",
  );
  expect((await box.json<Described>("w", "tag", "add", "v1.0", "more")).tags).toEqual([
    "v1.0",
    "good",
    "more",
  ]);
  expect((await box.jvs("w", "tag", "remove", "v1.0", "good")).exit).toBe(0);
  expect((await show(box, first)).tags).toEqual(["v1.0", "more"]);
  await box.jvs("w", "undo");
  expect((await show(box, first)).tags).toEqual(["v1.0", "good", "more"]);
  await box.jvs("w", "undo");
  await box.jvs("w", "undo");
  expect(await show(box, first)).not.toHaveProperty("tags");
  await expectWhole(box);
});

test("tags that are none", async () => {
  await using box = makeSandbox();
  const [first = ""] = await makeHistory(box, 1);
  const invalid = await box.jvs("w", "tag", "add", "HEAD", "a b");
  expect(invalid).toMatchObject({
    exit: 2,
    err: expect.stringContaining('jvs: invalid tag "a b": E_NAME_INVALID: tag must match'),
  });
  expect((await box.jvs("w", "tag", "add", "HEAD", "../x")).exit).toBe(2);
  expect((await box.jvs("w", "tag", "add", "HEAD")).exit).toBe(2);
  expect((await box.jvs("w", "tag", "remove", "HEAD", "v1")).exit).toBe(1);
  expect(await show(box, first)).not.toHaveProperty("tags");
});

test("eight edits at once all count", async () => {
  await using box = makeSandbox();
  const [first = ""] = await makeHistory(box, 1);
  const runs = Array.from({ length: 8 }, (_, at) => box.jvs("w", "tag", "add", "HEAD", `t${at}`));
  for (const { exit, err } of await Promise.all(runs))
    expect({ exit, err }).toEqual({ exit: 0, err: "" });
  expect((await show(box, first)).tags?.sort()).toEqual(
    Array.from({ length: 8 }, (_, at) => `t${at}`),
  );
  await expectWhole(box);
});
