import {
  chmodSync,
  closeSync,
  existsSync,
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
  slicesOf,
} from "../../src/fs/juicefs/real-mount.suite.ts";
import { MIB, noise } from "../cow-stage.ts";
import { fingerprint } from "../fingerprint.ts";
import { runInProcess } from "../in-process.ts";

const MOUNT = findRealMount();

/** What the volume's own books say, not how long it took. */
describe.skipIf(MOUNT === undefined)(
  "large files in the object store on a real JuiceFS mount",
  () => {
    let scratch: RealScratch;
    let folder: string;

    beforeEach(async () => {
      scratch = makeRealScratch(MOUNT as string);
      folder = scratch.path;
      await jvs(["init", "p"]);
      folder = join(folder, "p/main");
    });

    afterEach(() => scratch[Symbol.dispose]());

    async function jvs(argv: string[], changes = {}): Promise<string> {
      const ran = await runInProcess(folder, argv, { engine: "objects", ...changes });
      expect({ ...ran, out: "" }, argv.join(" ")).toEqual({ exit: 0, out: "", err: "" });
      return ran.out;
    }

    function write(name: string, content: Uint8Array): void {
      writeFileSync(join(folder, name), content);
    }

    function storedFiles(): string[] {
      const home = join(folder, "../.jvs/objects/files");
      if (!existsSync(home)) return [];
      return readdirSync(home, { recursive: true, encoding: "utf8" })
        .filter((name) => name.length > 64)
        .map((name) => join(home, name));
    }

    async function idsOf(path: string): Promise<number[]> {
      return (await slicesOf(path)).map(({ Id: id }) => id);
    }

    test("share their slices with the store, and come back so, wherever to", async () => {
      write("large", noise(3 * MIB, 1));
      write("not-large", noise(MIB, 2));
      chmodSync(join(folder, "large"), 0o4711);
      const before = fingerprint(folder);
      await jvs(["snapshot", "one"]);

      const slices = await slicesOf(join(folder, "large"));
      expect(slices.reduce((sum, { Len: length }) => sum + length, 0)).toBe(3 * MIB);
      const [stored = "", ...others] = storedFiles();
      expect(others).toEqual([]);
      expect(await slicesOf(stored)).toEqual(slices);

      rmSync(join(folder, "large"));
      await jvs(["restore", "one"]);
      expect(fingerprint(folder)).toEqual(before);
      await jvs(["export", "one", "../exported"]);
      await jvs(["fork", "--from", "one", "--name", "f"]);
      const view = (await jvs(["view", "one"])).trim();
      const made = [folder, join(folder, "../exported"), join(folder, "../worktrees/f"), view];
      for (const copy of made) expect(await slicesOf(join(copy, "large")), copy).toEqual(slices);
      expect(fingerprint(join(folder, "../exported"))).toEqual(before);
      await jvs(["view", "--close"]);
      await jvs(["verify", "--all"]);
      await jvs(["doctor", "--strict"]);
    });

    test("a changed byte is a slice of its own, and all else is shared", async () => {
      write("large", noise(5 * MIB, 1));
      await jvs(["snapshot", "one"]);
      const before = fingerprint(folder);
      const [first = 0] = await idsOf(join(folder, "large"));
      const fd = openSync(join(folder, "large"), "r+");
      writeSync(fd, "edited", 2 * MIB);
      closeSync(fd);
      await jvs(["snapshot", "two"]);

      const slices = await slicesOf(join(folder, "large"));
      const shared = slices.filter(({ Id: id }) => id === first);
      expect(shared.reduce((sum, { Len: length }) => sum + length, 0)).toBeGreaterThan(4.9 * MIB);
      expect(storedFiles()).toHaveLength(2);
      expect(await Promise.all(storedFiles().map(slicesOf))).toContainEqual(slices);
      await jvs(["restore", "one"]);
      expect(fingerprint(folder)).toEqual(before);
      await jvs(["verify", "--all"]);
    });

    test("come back from the folder of a snapshot in the same way", async () => {
      write("large", noise(3 * MIB, 1));
      const before = fingerprint(folder);
      await jvs(["snapshot", "one"], { engine: "juicefs-clone" });
      const slices = await slicesOf(join(folder, "large"));
      rmSync(join(folder, "large"));
      await jvs(["restore", "one"]);

      expect(fingerprint(folder)).toEqual(before);
      expect(await slicesOf(join(folder, "large"))).toEqual(slices);
      await jvs(["export", "one", "../exported"]);
      expect(await slicesOf(join(folder, "../exported/large"))).toEqual(slices);
      expect(storedFiles()).toEqual([]);
    });

    test("hold what a writer has not synced", async () => {
      const writer = openSync(join(folder, "log"), "w");
      const content = noise(3 * MIB, 1);
      writeSync(writer, content);
      await jvs(["snapshot", "one"]);
      closeSync(writer);
      await jvs(["export", "one", "../exported"]);

      expect(storedFiles()).toHaveLength(1);
      expect(readFileSync(join(folder, "../exported/log")).equals(content)).toBe(true);
      expect(await idsOf(join(folder, "../exported/log"))).toEqual(
        await idsOf(storedFiles()[0] ?? ""),
      );
      await jvs(["verify", "--all"]);
    });

    test.for(["direct", "off"])("by several threads, with JVS_JUICEFS=%s", async (juicefs) => {
      for (let at = 0; at < 20; at++) write(`${at}.bin`, noise(2 * MIB, at));
      const before = fingerprint(folder);
      await jvs(["snapshot", "one"], { juicefs });
      expect(storedFiles()).toHaveLength(juicefs === "direct" ? 20 : 0);

      rmSync(join(folder, "7.bin"));
      await jvs(["restore", "one"], { juicefs });
      expect(fingerprint(folder)).toEqual(before);
      await jvs(["verify", "--all"], { juicefs });
    });
  },
);
