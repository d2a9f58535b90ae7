import {
  chmodSync,
  closeSync,
  existsSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  findRealMount,
  makeRealScratch,
  type RealScratch,
} from "../../src/fs/juicefs/real-mount.suite.ts";
import { fingerprint } from "../fingerprint.ts";
import { KEEP_ONE } from "../gc-history.ts";
import { runInProcess } from "../in-process.ts";

/** JVS_TEST_JUICEFS, or the first mount that there is. */
const MOUNT = findRealMount();
const ENGINE = "juicefs-clone";

test("off, and where there is no JuiceFS, the engine is refused by name", async () => {
  const { err } = await runInProcess("/proc", ["init", "p"], { engine: ENGINE });

  expect(err).toContain('Cannot use the engine "juicefs-clone" here');
  expect(err).toContain("does not lie on JuiceFS");
});

describe.skipIf(MOUNT === undefined)("on a real JuiceFS mount", () => {
  let scratch: RealScratch;
  let folder: string;

  beforeEach(() => {
    scratch = makeRealScratch(MOUNT as string);
    folder = scratch.path;
  });

  afterEach(() => scratch[Symbol.dispose]());

  async function jvs(argv: string[], changes = {}): Promise<string> {
    const ran = await runInProcess(folder, argv, { engine: ENGINE, ...changes });
    expect({ ...ran, out: "" }, argv.join(" ")).toEqual({ exit: 0, out: "", err: "" });
    return ran.out;
  }

  async function startIn(layout: "in-place" | "project"): Promise<void> {
    if (layout === "project") {
      await jvs(["init", "p"]);
      folder = join(folder, "p/main");
    } else await jvs(["init"]);
  }

  function slots(): string[] {
    const home = existsSync(join(folder, ".jvs")) ? folder : join(folder, "..");
    const all = join(home, ".jvs/snapshots");
    return readdirSync(all).map((id) => join(all, id));
  }

  test.for(["in-place", "project"] as const)(
    "a snapshot is a clone of what a tree keeps, and comes back, %s",
    async (layout) => {
      await startIn(layout);
      mkdirSync(join(folder, "d/inner"), { recursive: true });
      writeFileSync(join(folder, "d/inner/a"), "content", { mode: 0o4751 });
      linkSync(join(folder, "d/inner/a"), join(folder, "second"));
      writeFileSync(join(folder, ".jvsignore"), "*.tmp\n");
      writeFileSync(join(folder, "d/left.tmp"), "left out");
      writeFileSync(join(folder, "top.tmp"), "left out");
      const before = fingerprint(folder);
      const { engine, losses } = JSON.parse(await jvs(["snapshot", "one", "--json"]));
      expect({ engine, losses }).toEqual({ engine: ENGINE, losses: [] });

      const [slot = ""] = slots();
      expect(readFileSync(join(slot, "d/inner/a"), "utf8")).toBe("content");
      expect(existsSync(join(slot, "d/left.tmp"))).toBe(false);
      expect(existsSync(join(slot, "top.tmp"))).toBe(false);
      expect(existsSync(join(slot, ".jvs"))).toBe(false);

      writeFileSync(join(folder, "d/inner/a"), "edited");
      rmSync(join(folder, "second"));
      expect(readFileSync(join(slot, "d/inner/a"), "utf8")).toBe("content");
      await jvs(["restore", "one"]);
      expect(fingerprint(folder)).toEqual(before);
      await jvs(["verify", "--all"]);
    },
  );

  test("what a writer has not synced is complete in the snapshot", async () => {
    await startIn("project");
    const writer = openSync(join(folder, "log"), "w");
    writeSync(writer, Buffer.alloc(300_000, 120));
    await jvs(["snapshot", "one"]);
    closeSync(writer);

    expect(readFileSync(join(slots()[0] ?? "", "log"))).toEqual(Buffer.alloc(300_000, 120));
  });

  test("a fork of many files is whole, and goes with its folder", async () => {
    await startIn("project");
    for (let at = 0; at < 1100; at++) writeFileSync(join(folder, `f${at}`), `content ${at}`);
    linkSync(join(folder, "f1"), join(folder, "linked"));
    await jvs(["snapshot", "one"]);
    const saved = fingerprint(folder);
    writeFileSync(join(folder, "f7"), "edited");
    rmSync(join(folder, "f8"));
    writeFileSync(join(folder, "more"), "not in the snapshot");

    await jvs(["fork", "--from", "one", "--name", "f"]);
    const fork = join(folder, "../worktrees/f");
    expect(fingerprint(fork)).toEqual(saved);
    const listed = JSON.parse(await jvs(["worktree", "list", "--json"]));
    expect(listed.find(({ name }: { name: string }) => name === "f")?.state).toBe("clean");
    await jvs(["worktree", "remove", "-q", "f"]);
    expect(existsSync(fork)).toBe(false);
  });

  test("gc removes the folder of a snapshot that nothing keeps", async () => {
    await startIn("in-place");
    const record = join(folder, ".jvs/repo.json");
    const { record_checksum: _, ...rest } = JSON.parse(readFileSync(record, "utf8"));
    writeFileSync(record, JSON.stringify({ ...rest, retention: KEEP_ONE }));
    mkdirSync(join(folder, "closed"), { mode: 0o755 });
    writeFileSync(join(folder, "closed/file"), "content");
    chmodSync(join(folder, "closed"), 0o555);
    for (const note of ["one", "two", "three"]) {
      writeFileSync(join(folder, "own"), note);
      await jvs(["snapshot", note]);
    }
    const before = slots();
    await jvs(["gc", "--now"]);

    expect(slots()).toEqual(before.slice(-slots().length));
    expect(slots().length).toBeLessThan(3);
    await jvs(["verify", "--all"]);
  });

  test("auto stores little, and what is large, and keeps much that is small by a clone", async () => {
    await startIn("project");
    for (let at = 0; at < 20; at++) writeFileSync(join(folder, `small-${at}`), "little");
    const little = JSON.parse(await jvs(["snapshot", "one", "--json"], { engine: "" }));
    writeFileSync(join(folder, "large"), Buffer.alloc(20 << 20, 1));
    const large = JSON.parse(await jvs(["snapshot", "large", "--json"], { engine: "" }));
    for (let at = 0; at < 30; at++) writeFileSync(join(folder, `${at}`), Buffer.alloc(1 << 20, at));
    const much = JSON.parse(await jvs(["snapshot", "two", "--json"], { engine: "" }));

    expect([little, large, much].map(({ engine }) => engine)).toEqual([
      "objects",
      "objects",
      ENGINE,
    ]);
    await jvs(["verify", "--all"]);
  });

  test("JVS_JUICEFS=off keeps jvs off the mount", async () => {
    await startIn("project");
    const { exit, err } = await runInProcess(folder, ["snapshot", "one"], {
      engine: ENGINE,
      juicefs: "off",
    });
    expect(exit).not.toBe(0);
    expect(err).toContain("JVS_JUICEFS=off");
    await jvs(["snapshot", "one"], { engine: "", juicefs: "off" });
    expect(slots()).toEqual([]);
  });
});
