import { mkdtempSync, rmSync } from "node:fs";
import { listMounts } from "../mount-table.ts";
import { findVolume } from "./juice-volume.ts";

/** A folder of its own on a real mount. */
export interface RealScratch extends Disposable {
  readonly path: string;
}

/**
 * A folder on a JuiceFS mount that tests may write to: `JVS_TEST_JUICEFS`, or the first mount that
 * there is. Undefined where there is none: such tests are skipped by name.
 */
export function findRealMount(): string | undefined {
  const { JVS_TEST_JUICEFS: given } = process.env;
  if (given !== undefined) {
    if (findVolume(given) === undefined)
      throw new Error(`JVS_TEST_JUICEFS: no JuiceFS at ${given}`);
    return given;
  }
  return listMounts().find(({ type, root }) => type === "fuse.juicefs" && root === "/")?.point;
}

export function makeRealScratch(mount: string): RealScratch {
  const path = mkdtempSync(`${mount}/jvs-test-`);
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}
