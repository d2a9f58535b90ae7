import {
  appendFileSync,
  chmodSync,
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { expect, test } from "vitest";
import { fingerprint } from "../../../test/fingerprint.ts";
import { setMtime, setXattr } from "../../../test/system-calls.ts";
import type { Progress } from "../../model/progress.ts";
import { fillWithAll, startIn } from "./convert.suite.ts";
import { convertToSubvolume, findConversionLeftovers } from "./convert-to-subvolume.ts";
import { raw, useScratchBtrfs } from "./scratch-btrfs.suite.ts";
import { isSubvolumeAt } from "./subvolume.ts";

const disk = useScratchBtrfs();

const failure = (code: string): unknown => expect.objectContaining({ code });

/** Does something the first time that a phase reports. */
function during(phase: string, work: () => void): Progress {
  let isDone = false;
  return {
    report(update) {
      if (update.phase !== phase || isDone) return;
      isDone = true;
      work();
    },
    async breathe() {},
  };
}

function fillWithMany(folder: string): void {
  mkdirSync(`${folder}/sub`);
  for (let index = 0; index < 200; index++) writeFileSync(`${folder}/${index}`, `${index}`);
}

test.each([
  ["appended to", (w: string) => appendFileSync(`${w}/0`, "more")],
  [
    "written, with the time set back",
    (w: string) => {
      const { atime, mtime } = statSync(`${w}/0`);
      writeFileSync(`${w}/0`, "x");
      setMtime(`${w}/0`, BigInt(Math.round(mtime.getTime() * 1e6)));
      expect(atime).toBeDefined();
    },
  ],
  ["made", (w: string) => writeFileSync(`${w}/new`, "")],
  ["removed", (w: string) => rmSync(`${w}/5`)],
  ["renamed", (w: string) => renameSync(`${w}/7`, `${w}/sub/7`)],
  ["given an attribute", (w: string) => setXattr(`${w}/sub`, "user.a", Buffer.from("1"))],
  ["given an attribute at the top", (w: string) => setXattr(w, "user.a", Buffer.from("1"))],
  ["given a mode", (w: string) => chmodSync(`${w}/9`, 0o600)],
])("refuses when something is %s meanwhile", async (what, change) => {
  const { at, path } = startIn(disk, `meanwhile ${what}`, fillWithMany);
  const progress = during("cloning", () => change(`${path}/w`));
  await expect(convertToSubvolume(at, raw("w"), { progress })).rejects.toThrow();
  expect(isSubvolumeAt(at, raw("w"))).toBe(false);
  expect(readdirSync(path)).toEqual(["w"]);
});

test("tells what was changed too late to refuse", async () => {
  const { at, path } = startIn(disk, "late", fillWithMany);
  let fd = -1;
  // The last look has passed the first files when it reports.
  const progress = during("checking", () => {
    appendFileSync(`${path}/w/0`, "more");
    fd = openSync(`${path}/w/1`, "r+");
  });
  const { former, late } = await convertToSubvolume(at, raw("w"), { progress });
  expect(late.toSorted()).toEqual(["0", "1"]);
  expect(readFileSync(`${path}/${former}/0`, "utf8")).toBe("0more");
  expect(readFileSync(`${path}/w/0`, "utf8")).toBe("0");
  closeSync(fd);
});

test("stops when it is told to, and leaves nothing", async () => {
  const place = startIn(disk, "stop", fillWithMany);
  const progress: Progress = {
    report() {},
    async breathe() {
      throw Object.assign(new Error("stopped"), { code: "E_INTERRUPTED" });
    },
  };
  const stopped = convertToSubvolume(place.at, raw("w"), { progress });
  await expect(stopped).rejects.toThrow(failure("E_INTERRUPTED") as Error);
  expect(readdirSync(place.path)).toEqual(["w"]);
  expect(readdirSync(`${place.path}/w`)).toHaveLength(201);
});

test.each([
  ["convert-made", true],
  ["convert-cloned", true],
  ["convert-exchanged", false],
])("killed at %s, one of the two is there, whole", async (point, isClone) => {
  const { at, path } = startIn(disk, point, fillWithAll);
  const before = fingerprint(`${path}/w`);
  const script = `
    import { openSync } from "node:fs";
    import { armFailPoint } from "${import.meta.dirname}/../../model/fail-point.ts";
    import { convertToSubvolume } from "${import.meta.dirname}/convert-to-subvolume.ts";
    armFailPoint("${point}");
    await convertToSubvolume(openSync("${path}", "r"), "w");
  `;
  const { signalCode, stderr } = Bun.spawnSync([
    process.execPath,
    "--define",
    "JVS_FAIL_POINTS=true",
    "-e",
    script,
  ]);
  expect([signalCode, stderr.toString()]).toEqual(["SIGKILL", ""]);
  expect(fingerprint(`${path}/w`)).toEqual(before);
  expect(isSubvolumeAt(at, raw("w"))).toBe(!isClone);
  const [leftover] = findConversionLeftovers(at, raw("w"));
  expect(leftover).toEqual({ name: expect.stringContaining(".w.jvs-convert-"), isClone });
  if (!isClone) expect(fingerprint(`${path}/${leftover?.name}`)).toEqual(before);
});
