import { closeSync, ftruncateSync, openSync, readFileSync, rmSync, statfsSync } from "node:fs";
import { dirname, join } from "node:path";

/** A file system that can be made and mounted here. */
export type ImageType = "btrfs" | "ext4" | "xfs";

/** What makes a file system, with nothing left to do in the background afterwards. */
const MAKERS: Readonly<Record<ImageType, readonly string[]>> = {
  btrfs: ["mkfs.btrfs", "-q"],
  xfs: ["mkfs.xfs", "-q", "-m", "reflink=1"],
  ext4: ["mkfs.ext4", "-q", "-F", "-E", "lazy_itable_init=0,lazy_journal_init=0"],
};

export interface MountOptions {
  /** A sparse file that is made for this and removed with it; without one, one in memory, where there is room. */
  readonly image?: string;
  /** An empty folder. */
  readonly folder: string;
  readonly bytes: number;
}

/** Mounts a new file system, or says why this cannot be done here. Disposing leaves nothing. */
export function mountImage(
  type: ImageType,
  { folder, bytes, image = imageFor(folder, bytes) }: MountOptions,
): Disposable | string {
  const [maker = "", ...options] = MAKERS[type];
  if (process.platform !== "linux") return "loop mounts need Linux";
  if (process.getuid?.() !== 0) return "loop mounts need root";
  if (Bun.which(maker) === null) return `${maker} is not installed`;
  const fd = openSync(image, "wx");
  ftruncateSync(fd, bytes);
  closeSync(fd);
  const fault = run([maker, ...options, image]) || run(["mount", "-o", "loop", image, folder]);
  // The mount holds the image: without a name it cannot outlive it.
  rmSync(image);
  if (fault) return fault;
  return { [Symbol.dispose]: () => unmount(folder) };
}

const MEMORY = "/dev/shm";
/** Several tests run at a time. */
const IMAGES = 4;

/**
 * What is tested is the file system, and not the disk below it, whose syncs would take most of the
 * time.
 */
function imageFor(folder: string, bytes: number): string {
  const image = `jvs-${crypto.randomUUID()}.img`;
  try {
    const { bavail, bsize } = statfsSync(MEMORY);
    if (bavail * bsize >= IMAGES * bytes) return join(MEMORY, image);
  } catch {
    // There is none.
  }
  return join(dirname(folder), image);
}

/** Unmounts what a run that was killed left behind below `folder`. */
export function unmountBelow(folder: string): void {
  if (process.platform !== "linux") return;
  const points = readFileSync("/proc/self/mounts", "utf8")
    .split("\n")
    .map((line) => readBlanks(line.split(" ")[1] ?? ""));
  for (const point of points) if (point.startsWith(`${folder}/`)) unmount(point);
}

function unmount(folder: string): void {
  const fault = run(["umount", folder]) && run(["umount", "--lazy", folder]);
  if (fault) throw new Error(`Cannot unmount "${folder}": ${fault}`);
}

/** The kernel writes blanks in names as octal numbers. */
function readBlanks(text: string): string {
  return text.replaceAll(/\\(\d{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}

/** Empty when all went well. Out of the terminal's reach: Ctrl-C must not stop an unmount. */
function run(argv: readonly string[]): string {
  const { success, stderr } = Bun.spawnSync([...argv], { stdout: "ignore", detached: true });
  return success ? "" : stderr.toString().trim() || `${argv[0]} failed`;
}
