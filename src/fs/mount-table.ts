import { readFileSync, realpathSync, statfsSync } from "./files.ts";

/** A mounted file system, as the kernel lists it (proc(5), mountinfo). */
export interface Mount {
  readonly point: string;
  /** Such as `rw`, `noatime`. */
  readonly options: readonly string[];
}

/** Room on a file system. */
export interface Room {
  /** What an ordinary user may still write. */
  readonly freeBytes: number;
  readonly totalBytes: number;
  /** Files that can still be made; undefined where there is no limit. */
  readonly freeFiles: number | undefined;
}

/** The mount that `path` lies on: that of the longest point above it, the last one where there are several. */
export function mountOf(path: string): Mount | undefined {
  const real = realpathSync(path);
  let found: Mount | undefined;
  for (const line of readMountTable().split("\n")) {
    const fields = line.split(" ");
    const point = unescapeOctal(fields[4] ?? "");
    const isAbove = point === "/" || real === point || real.startsWith(`${point}/`);
    if (point === "" || !isAbove || point.length < (found?.point.length ?? 0)) continue;
    const own = (fields[5] ?? "").split(",");
    const ofFileSystem = line.split(" - ")[1]?.split(" ")[2]?.split(",") ?? [];
    found = {
      point,
      options: [...new Set([...own, ...ofFileSystem.filter((one) => one === "ro")])],
    };
  }
  return found;
}

/** A line of the mount table. */
export interface MountRow {
  /** The number that statx(2) gives too. */
  readonly id: number;
  /** `major:minor` of the file system. */
  readonly device: string;
  /** The folder of the file system that is mounted here: `/`, unless this is a bind mount. */
  readonly root: string;
  readonly point: string;
  /** Such as `ext4` or `fuse.sshfs`. */
  readonly type: string;
}

/** All mounts that this process sees; none where there is no such table. */
export function listMounts(): MountRow[] {
  return readMountTable().split("\n").filter(Boolean).map(readRow);
}

function readRow(line: string): MountRow {
  const [mine = "", ofFileSystem = ""] = line.split(" - ");
  const [id, , device = "", root = "", point = ""] = mine.split(" ").map(unescapeOctal);
  const [type = ""] = ofFileSystem.split(" ");
  return { id: Number(id), device, root, point, type };
}

/** How much room there is where `path` lies. */
export function roomAt(path: string): Room {
  const { bavail, blocks, bsize, files, ffree } = statfsSync(path);
  return {
    freeBytes: bavail * bsize,
    totalBytes: blocks * bsize,
    freeFiles: files === 0 ? undefined : ffree,
  };
}

function readMountTable(): string {
  try {
    return readFileSync("/proc/self/mountinfo").toString();
  } catch {
    return ""; // No Linux.
  }
}

/** The kernel writes spaces and the like as `\040`. */
function unescapeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}
