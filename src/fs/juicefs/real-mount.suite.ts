import { mkdtempSync, rmSync } from "node:fs";
import { basename, dirname } from "node:path";
import type { RawPath } from "../../model/raw-path.ts";
import { closeFd, openFolder, statAt } from "../at.ts";
import { AT_FDCWD } from "../libc.ts";
import { listMounts } from "../mount-table.ts";
import { StatBuffer } from "../stat-buffer.ts";
import { askMount } from "./ask-mount.ts";
import { findVolume, findVolumeOf, type JuiceVolume } from "./juice-volume.ts";
import { encodeInfo } from "./requests.ts";

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

/**
 * Where another client shows the volume of `mount`: `JVS_TEST_JUICEFS_2`, or what the table of mounts
 * has. Undefined where there is none.
 */
export function findSecondMount(mount: string | undefined): string | undefined {
  const first = mount === undefined ? undefined : findVolume(mount);
  if (first?.config === undefined) return undefined;
  const { JVS_TEST_JUICEFS_2: given } = process.env;
  const tops = listMounts().filter(({ type, root }) => type === "fuse.juicefs" && root === "/");
  const points = given === undefined ? tops.map(({ point }) => point) : [given];
  const found = points.find((point) => isOtherClient(point, first));
  if (given !== undefined && found === undefined)
    throw new Error(`JVS_TEST_JUICEFS_2: ${given} is no second mount of the volume`);
  return found;
}

function isOtherClient(point: string, { device, config }: JuiceVolume): boolean {
  const other = findVolume(point);
  return other !== undefined && other.device !== device && other.config?.uuid === config?.uuid;
}

export function makeRealScratch(mount: string): RealScratch {
  const path = mkdtempSync(`${mount}/jvs-test-`);
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

/** A piece of content in the volume's own books. Files that name the same `Id` share it. */
export interface Slice {
  readonly ChunkIndex: number;
  readonly Id: number;
  readonly Size: number;
  readonly Off: number;
  readonly Len: number;
}

/** What the mount says a file consists of, as `juicefs info --raw` does. */
export async function slicesOf(path: string): Promise<readonly Slice[]> {
  const folder = openFolder(AT_FDCWD, dirname(path) as RawPath);
  try {
    const volume = findVolumeOf(folder);
    const name = basename(path) as RawPath;
    const stat = new StatBuffer();
    if (volume === undefined || !statAt(folder, name, stat)) throw new Error(`no file at ${path}`);
    const request = encodeInfo({ inode: stat.inode, raw: true });
    const attempt = { verb: "look at", subject: { at: folder, name } };
    const reply = await askMount({ volume, folder, request, attempt }, {});
    if (reply.kind !== "data") throw new Error(`no figures of ${path}`);
    return JSON.parse(Buffer.from(reply.bytes).toString("utf8")).Chunks;
  } finally {
    closeFd(folder);
  }
}
