import { readFileSync, statfsSync } from "./files.ts";

/** `f_type` of file systems whose times come from this machine's clock (linux/magic.h). */
const LOCAL_TYPES: Readonly<Record<number, string>> = {
  61267: "ext4",
  1481003842: "xfs",
  2435016766: "btrfs",
  16914836: "tmpfs",
  2035054128: "overlay",
  801189825: "zfs",
  4076150800: "f2fs",
};
const REMOTE_TYPES: Readonly<Record<number, string>> = {
  1702057286: "fuse",
  26985: "nfs",
  20859: "smb",
};

/** Whether the file system of an open folder takes its times from this kernel. */
export function isKernelTimed(fd: number): boolean {
  return typeOf(`/proc/self/fd/${fd}/.`) in LOCAL_TYPES;
}

/**
 * Whether the ctime of each folder there changes with every name that comes or goes in it, by this
 * kernel's clock. Not so on overlay: a folder shows the times of its uppermost layer and the names of
 * all of them, and those below may be changed while nothing is mounted (overlayfs.rst, "Changes to
 * underlying filesystems").
 */
export function datesNames(fd: number): boolean {
  const name = LOCAL_TYPES[typeOf(`/proc/self/fd/${fd}/.`)];
  return name !== undefined && name !== "overlay";
}

/** File systems of this kernel on which no two files share blocks: FICLONE is not to be tried there. */
const UNSHARED: ReadonlySet<string | undefined> = new Set(["ext4", "tmpfs", "f2fs"]);

/** Whether two files on the file system of an open folder may come to share blocks. */
export function mayShareBlocks(fd: number): boolean {
  return !UNSHARED.has(LOCAL_TYPES[typeOf(`/proc/self/fd/${fd}/.`)]);
}

/** Whether a folder, open or by its path, lies on a file system where each question goes to a program or a machine elsewhere. */
export function isElsewhere(folder: number | string): boolean {
  return typeOf(typeof folder === "string" ? folder : `/proc/self/fd/${folder}/.`) in REMOTE_TYPES;
}

/** Whether an open folder lies on a file system that a program serves. */
export function isOnFuse(fd: number): boolean {
  return REMOTE_TYPES[typeOf(`/proc/self/fd/${fd}/.`)] === "fuse";
}

/** The name of the file system that holds `path`, such as `ext4`; in hex where it has none here. */
export function fileSystemOf(path: string): string {
  const type = typeOf(path);
  return LOCAL_TYPES[type] ?? REMOTE_TYPES[type] ?? `0x${type.toString(16)}`;
}

/** Bytes that an ordinary user may still write on the file system of `path`. */
export function freeBytes(path: string): number {
  const { bavail, bsize } = statfsSync(path);
  return bavail * bsize;
}

/** Where something is mounted at or below `folder`, a real path. */
export function mountsBelow(folder: string): string[] {
  let table: string;
  try {
    table = readFileSync("/proc/self/mountinfo").toString();
  } catch {
    return []; // No Linux.
  }
  const points = table.split("\n").map((line) => unescapeOctal(line.split(" ")[4] ?? ""));
  return points.filter((point) => point === folder || point.startsWith(`${folder}/`));
}

/** The kernel writes spaces and the like as `\040`. */
function unescapeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}

function typeOf(path: string): number {
  return statfsSync(path).type >>> 0;
}
