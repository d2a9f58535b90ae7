/** A repository whose large folders an older version wrote, with other pages than this one would. */
import { rmSync } from "node:fs";
import { expect, test, vi } from "vitest";
import type * as FolderObject from "../../src/tree/folder-object.ts";
import { writeOldFolder } from "../../src/tree/old-folder-object.ts";
import { loseAllContent } from "../damage.ts";
import { type InProcessRan, runInProcess } from "../in-process.ts";
import { makeSandbox, type Sandbox } from "../sandbox.ts";

const version = vi.hoisted(() => ({ write: undefined as typeof writeOldFolder | undefined }));

vi.mock("../../src/tree/folder-object.ts", async (importOriginal) => {
  const real = await importOriginal<typeof FolderObject>();
  const writeFolder: typeof real.writeFolder = (lines, put) =>
    (version.write ?? real.writeFolder)(lines, put);
  return { ...real, writeFolder };
});

const EDITED = ["one/f500", "paged/f2500"];

interface Story extends AsyncDisposable {
  readonly box: Sandbox;
  jvs(...argv: string[]): Promise<InProcessRan>;
  json(...argv: string[]): Promise<Record<string, unknown>>;
}

/** A folder in one object, and one in pages, as the first versions wrote them, saved as "old". */
async function makeOld(): Promise<Story> {
  version.write = writeOldFolder;
  const filesOf = (folder: string, count: number): [string, string][] =>
    Array.from({ length: count }, (_, at) => [`w/${folder}/f${at}`, `${folder} ${at % 7}\n`]);
  const box = makeSandbox(
    Object.fromEntries([...filesOf("one", 1000), ...filesOf("paged", 5000), ["w/top", "top\n"]]),
  );
  const jvs: Story["jvs"] = (...argv) => runInProcess(box.path("w"), argv);
  const json: Story["json"] = async (...argv) => JSON.parse((await jvs(...argv, "--json")).out);
  for (const argv of [["init"], ["snapshot", "old", "--tag", "old"]])
    expect(await jvs(...argv)).toMatchObject({ exit: 0, err: "" });
  version.write = undefined;
  return { box, jvs, json, [Symbol.asyncDispose]: () => box[Symbol.asyncDispose]() };
}

test.each(["with its index", "without an index"])(
  "%s nothing is unsaved, and edits are all that changes",
  async (how) => {
    await using story = await makeOld();
    const { box, jvs, json } = story;
    const saved = box.fingerprint("w");
    if (how === "without an index") rmSync(box.path("w/.jvs/cache"), { recursive: true });

    expect(await json("status")).toMatchObject({ clean: true });
    box.write(Object.fromEntries(EDITED.map((path) => [`w/${path}`, "edited\n"])));
    expect((await json("status")).changes).toHaveLength(2);
    expect((await jvs("snapshot", "new", "--tag", "new")).exit).toBe(0);
    const edited = box.fingerprint("w");
    for (const [from, to] of [
      ["old", "new"],
      ["new", "old"],
    ] as const) {
      const diff = await json("diff", from, to);
      expect(diff).toMatchObject({
        total_modified: 2,
        total_added: 0,
        total_removed: 0,
        total_metadata: 0,
      });
    }

    expect((await jvs("restore", "old")).exit).toBe(0);
    expect(box.fingerprint("w")).toEqual(saved);
    expect(await json("status")).toMatchObject({ clean: true });
    expect((await jvs("restore", "new")).exit).toBe(0);
    expect(box.fingerprint("w")).toEqual(edited);
    expect((await jvs("verify", "--all")).exit).toBe(0);
  },
);

test("gc keeps old pages as long as a snapshot needs them", async () => {
  await using story = await makeOld();
  const { box, jvs } = story;
  const saved = box.fingerprint("w");
  box.write({ "w/paged/f2500": "edited\n" });
  await jvs("snapshot", "new");
  expect(await jvs("gc", "--now")).toMatchObject({ exit: 0 });
  expect((await jvs("verify", "--all")).exit).toBe(0);
  expect((await jvs("restore", "old")).exit).toBe(0);
  expect(box.fingerprint("w")).toEqual(saved);
});

test("lost folders of old are made again from the workspace", async () => {
  await using story = await makeOld();
  const { box, jvs } = story;
  loseAllContent(box.path("w/.jvs"));

  expect((await jvs("verify")).exit).not.toBe(0);
  await jvs("doctor", "--strict", "--repair");
  expect((await jvs("verify", "--all")).exit).toBe(0);
});
