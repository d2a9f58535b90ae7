import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findVolume } from "../src/fs/juicefs/juice-volume.ts";
import { findRealMount, makeRealScratch } from "../src/fs/juicefs/real-mount.suite.ts";
import { mountImage } from "../test/loop-mount.ts";

export const SITE_NAMES = ["here", "xfs", "ext4", "btrfs", "juicefs"] as const;

export type SiteName = (typeof SITE_NAMES)[number];

/** A file system to measure on. */
export interface Site extends Disposable {
  /** Short, as the table shows it: "xfs", or "here: ext4" for the one that the project lies on. */
  readonly label: string;
  readonly folder: string;
  /** Whether files here can share their blocks. */
  readonly clones: boolean;
  /** Whether folders here can be copied at once. */
  readonly hasSubvolumes: boolean;
}

const GIB = 1024 ** 3;

export interface SiteOptions {
  /** Everything that a site needs is made in here. */
  readonly folder: string;
  readonly isLarge: boolean;
}

/** Opens a file system, or says why it cannot be measured on this machine. */
export function openSite(name: SiteName, { folder, isLarge }: SiteOptions): Site | string {
  if (name === "juicefs") return openJuice();
  const place = join(folder, name);
  mkdirSync(place);
  if (name === "here") return siteAt(place, { label: `here: ${typeOf(place)}`, close: undefined });
  const bytes = (isLarge ? 64 : 8) * GIB;
  const mounted = mountImage(name, { image: `${place}.img`, folder: place, bytes });
  if (typeof mounted === "string") return mounted;
  return siteAt(place, { label: name, close: mounted });
}

/** The mount that tests use, too: nothing here could make one. */
function openJuice(): Site | string {
  const mount = findRealMount();
  if (mount === undefined) return "no JuiceFS is mounted here; JVS_TEST_JUICEFS names a mount";
  const version = findVolume(mount)?.config?.version ?? "";
  const scratch = makeRealScratch(mount);
  return siteAt(scratch.path, { label: `JuiceFS ${version.split("+")[0]}`, close: scratch });
}

function siteAt(
  folder: string,
  { label, close }: { label: string; close: Disposable | undefined },
): Site {
  return {
    label,
    folder,
    clones: canClone(folder),
    hasSubvolumes: typeOf(folder) === "btrfs",
    [Symbol.dispose]() {
      close?.[Symbol.dispose]();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function typeOf(folder: string): string {
  const { stdout } = Bun.spawnSync(["df", "--output=fstype", folder], { stderr: "ignore" });
  return stdout.toString().trim().split("\n").at(-1) || "unknown";
}

function canClone(folder: string): boolean {
  const [from, to] = [join(folder, "probe"), join(folder, "probe-clone")];
  writeFileSync(from, "probe");
  const { success } = Bun.spawnSync(["cp", "--reflink=always", from, to], { stderr: "ignore" });
  for (const file of [from, to]) rmSync(file, { force: true });
  return success;
}
