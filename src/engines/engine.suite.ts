import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { noise } from "../../test/cow-stage.ts";
import { type Fingerprint, fingerprint } from "../../test/fingerprint.ts";
import type { ImageType } from "../../test/loop-mount.ts";
import { makeSandbox, type Ran, type Sandbox } from "../../test/sandbox.ts";
import { isAllShared } from "../../test/shared-extents.ts";
import { makeSocket } from "../../test/system-calls.ts";
import { fillWithAll } from "../fs/btrfs/convert.suite.ts";
import { SILENT } from "../model/progress.ts";
import { isSnapshotId } from "../model/snapshot.ts";
import { removePayload } from "../repo/payloads.ts";
import { findRepo } from "../repo/repo.ts";
import { openStore } from "../store/object-store.ts";
import { openWorkspaceFolder, scanFolder } from "../tree/workspace-folder.ts";
import type { Captured, Engine } from "./engine.ts";

/** Where an engine is tried: on a new file system of that type. */
export interface EngineGround {
  readonly type: ImageType;
  /** The workspace is a subvolume. */
  readonly isSubvolume?: boolean;
  /** Files share their blocks with those of the workspace. */
  readonly sharesBlocks?: boolean;
}

const W = "disk/w";
const LARGE_BYTES = 3 << 20;
/** More than one thread reads alone. */
const MANY = 2100;
const KILL_POINTS = ["slot-filled", "captured", "sealed"];

/** What every engine has to keep to. The compiled programs must be there. */
export function testEngine(engine: Engine, ground: EngineGround): void {
  const stage = (skip: (why: string) => void): EngineStage => openStage(engine, ground, skip);
  const name = `${engine.name} on ${ground.type}`;

  test(`${name}: everything comes back, and is in the folder of the snapshot`, async ({ skip }) => {
    await using it = stage(skip);
    const before = fingerprint(it.folder);
    const id = await it.snapshot();
    if (engine.keepsFolders) expectKept(ground, fingerprint(it.slot(id)), before);
    Bun.spawnSync(["find", it.folder, ..."-mindepth 1 -not -path */.jvs* -delete".split(" ")]);
    expect(readdirSync(it.folder)).toEqual([".jvs"]);
    expect((await it.jvs("restore", id, "--discard")).exit).toBe(0);
    expect(fingerprint(it.folder)).toEqual(before);
    expect((await it.jvs("verify", "--all")).exit).toBe(0);
  });

  test(`${name}: thousands of files, which several threads read, come back`, async ({ skip }) => {
    await using it = stage(skip);
    const many = join(it.folder, "many");
    mkdirSync(many);
    for (let at = 0; at < MANY; at++) writeFileSync(join(many, `${at}`), `content ${at}`);
    const before = fingerprint(it.folder);
    const id = await it.snapshot();
    if (engine.keepsFolders) expectKept(ground, fingerprint(it.slot(id)), before);
    rmSync(many, { recursive: true });
    expect((await it.jvs("restore", id, "--discard")).exit).toBe(0);
    expect(fingerprint(it.folder)).toEqual(before);
    expect((await it.jvs("verify", "--all")).exit).toBe(0);
  });

  test(`${name}: no later edit shows in the snapshot`, async ({ skip }) => {
    await using it = stage(skip);
    const before = fingerprint(it.folder);
    const ids = [await it.snapshot(), await it.snapshot()];
    edit(it.folder);
    ids.push(await it.snapshot());
    edit(it.folder);
    for (const id of ids.slice(0, 2)) {
      if (engine.keepsFolders) expectKept(ground, fingerprint(it.slot(id)), before);
      expect((await it.jvs("restore", id)).exit).toBe(0);
      expect(fingerprint(it.folder)).toEqual(before);
    }
  });

  test(`${name}: what it cannot hold is reported`, async ({ skip }) => {
    await using it = stage(skip);
    makeSocket(join(it.folder, "socket"));
    const { out } = await it.jvs("snapshot", "x", "--json");
    expect(JSON.parse(out).losses).toMatchObject([{ path: "socket", kind: "socket" }]);
  });

  test(`${name}: killed on the way it leaves nothing`, async ({ skip }) => {
    await using it = stage(skip);
    const first = await it.snapshot();
    for (const failPoint of KILL_POINTS) {
      appendFileSync(join(it.folder, "late"), failPoint);
      const { signal } = await it.jvs(["snapshot", "killed"], failPoint);
      // An engine without folders has none that could be filled.
      if (failPoint !== "slot-filled" || engine.keepsFolders) expect(signal).toBe("SIGKILL");
    }
    const last = await it.snapshot();
    expect(it.listSlots().filter(isSnapshotId)).toEqual(
      engine.keepsFolders ? [first, last].sort() : [],
    );
    expect((await it.jvs("doctor", "--strict")).exit).toBe(0);
  });

  if (!engine.keepsFolders) return;

  test(`${name}: a folder that is there is refused, and left alone`, async ({ skip }) => {
    await using it = stage(skip);
    const slot = it.slot("taken");
    mkdirSync(slot, { recursive: true });
    writeFileSync(join(slot, "theirs"), "theirs");
    await expect(capture(engine, it, slot)).rejects.toMatchObject({ code: "EEXIST" });
    expect(readdirSync(slot)).toEqual(["theirs"]);
  });

  test(`${name}: a folder is removed once, and again`, async ({ skip }) => {
    await using it = stage(skip);
    const id = await it.snapshot();
    const repo = findRepo(it.folder);
    if (repo === undefined || !isSnapshotId(id)) throw new Error("no repository");
    expect(existsSync(it.slot(id))).toBe(true);
    for (let times = 2; times > 0; times--) await removePayload(repo, id);
    expect(it.listSlots()).toEqual([]);
  });

  if (ground.sharesBlocks === true)
    test(`${name}: files share their blocks`, async ({ skip }) => {
      await using it = stage(skip);
      const id = await it.snapshot();
      expect([it.slot(id), it.folder].map((at) => isAllShared(join(at, "large")))).toEqual([
        true,
        true,
      ]);
    });
}

interface EngineStage extends AsyncDisposable {
  readonly folder: string;
  slot(this: void, id: string): string;
  listSlots(this: void): string[];
  jvs(this: void, ...argv: string[] | [string[], string]): Promise<Ran>;
  /** Takes one that must hold all there is; gives its id. */
  snapshot(this: void): Promise<string>;
}

function openStage(
  { name }: Engine,
  { type, isSubvolume = false }: EngineGround,
  skip: (why: string) => void,
): EngineStage {
  const box: Sandbox = makeSandbox();
  const why = box.mountNew(type, "disk");
  if (why !== undefined) skip(why);
  const folder = box.path(W);
  if (isSubvolume) Bun.spawnSync(["btrfs", "subvolume", "create", folder]);
  else mkdirSync(folder);
  fillWithAll(folder);
  writeFileSync(join(folder, "large"), noise(LARGE_BYTES, 1));
  const env = { JVS_SNAPSHOT_ENGINE: name };
  const slots = join(folder, ".jvs/snapshots");
  const jvs: EngineStage["jvs"] = async (...argv) => {
    if (!existsSync(join(folder, ".jvs"))) await box.run(W, ["init"], { env });
    const [words, failPoint] = argv;
    if (!Array.isArray(words)) return await box.run(W, argv as string[], { env });
    return await box.run(W, words, { env, failPoint: failPoint as string });
  };
  return {
    folder,
    jvs,
    slot: (id) => join(slots, id),
    listSlots: () => (existsSync(slots) ? readdirSync(slots).sort() : []),
    async snapshot() {
      const { exit, out, err } = await jvs("snapshot", "x", "--json");
      expect({ exit, err }).toEqual({ exit: 0, err: "" });
      return JSON.parse(out).snapshot_id;
    },
    [Symbol.asyncDispose]: () => box[Symbol.asyncDispose](),
  };
}

/** Folders that could be written to have nobody's right to do so: the tree has the modes. */
function expectKept(
  { isSubvolume = false }: EngineGround,
  slot: Fingerprint,
  live: Fingerprint,
): void {
  if (isSubvolume) expect(slot).toEqual(live);
  else expect(slot).toEqual(live.map(withoutWrite));
}

function withoutWrite(line: string): string {
  return line
    .replace(/ (\d{4}) (?=\d+:\d+)/, (_, mode) => ` ${octal(Number.parseInt(mode, 8) & ~0o222)} `)
    .replace(
      /( system\.posix_acl_access=.{8}0100)06(00.{8}020004.{10}04000400.{8}100004)/,
      "$104$2",
    );
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, "0");
}

/** All ways to change a file, and what is around it. */
function edit(folder: string): void {
  appendFileSync(join(folder, "large"), "more");
  truncateSync(join(folder, "second"), 1);
  appendFileSync(join(folder, "closed/deep/small"), "more");
  writeFileSync(join(folder, "over"), "written over");
  chmodSync(join(folder, "over"), 0o600);
  mkdirSync(join(folder, "new/deep"), { recursive: true });
  renameSync(
    join(folder, "over"),
    join(folder, `new/over-${readdirSync(join(folder, "new")).length}`),
  );
}

/** What the engine is told to do, without any of what is around it. */
async function capture(engine: Engine, stage: EngineStage, slot: string): Promise<Captured> {
  await stage.jvs("status");
  const control = join(stage.folder, ".jvs");
  using workspace = openWorkspaceFolder(stage.folder);
  const draft = join(control, "drafts");
  const writer = openStore(join(control, "objects")).openWriter(draft);
  const options = { trustBefore: 0, progress: SILENT };
  try {
    const scan = await scanFolder(workspace, { ...options, index: undefined });
    const places = { workspace, objects: join(control, "objects"), draft, slot };
    return await engine.capture({ ...places, scan, writer, allowUnstable: false, ...options });
  } finally {
    writer.discard();
  }
}
