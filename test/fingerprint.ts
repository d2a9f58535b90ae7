import {
  type BigIntStats,
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
} from "node:fs";
import { findHole, listXattrs } from "./system-calls.ts";

/** One line for each path, sorted by path bytes; the path first, in Latin-1, so that every byte shows. */
export type Fingerprint = readonly string[];

/** What of a folder is no content: its control folder. */
const SKIP = ".jvs";
const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK } = constants;
const PIECE = Buffer.alloc(1 << 20);

interface Walk {
  readonly skip: string;
  readonly lines: string[];
  /** The first path of each inode that has several names. */
  readonly firstNames: Map<string, string>;
}

/**
 * Everything that docs/format.md promises to keep of a folder, read without any code of the program:
 * kinds, names, the 12 mode bits (also of the folder itself), owners, sizes, content, times in
 * nanoseconds (of files and fifos), targets, attributes, which paths share an inode, which files have
 * holes. `skip` is the name at the top that is left out.
 */
export function fingerprint(
  folder: string | Uint8Array,
  { skip = SKIP }: { skip?: string } = {},
): Fingerprint {
  const walk: Walk = { skip, lines: [], firstNames: new Map() };
  const fd = openSync(Buffer.from(folder as Uint8Array), O_RDONLY | O_DIRECTORY);
  try {
    const stat = fstatSync(fd, { bigint: true });
    walk.lines.push([". folder", ...common(stat), ...listXattrs(below(fd, "."))].join(" "));
    listFolder(fd, "", walk);
  } finally {
    closeSync(fd);
  }
  return walk.lines;
}

/** Through open folders, so that no path is too long. */
function listFolder(fd: number, prefix: string, walk: Walk): void {
  const names = readdirSync(below(fd, "."), { encoding: "buffer" })
    .map((name) => name.toString("latin1"))
    .sort();
  for (const name of names) {
    if (prefix === "" && name === walk.skip) continue;
    describe({ fd, name, path: prefix + name }, walk);
  }
}

interface Place {
  readonly fd: number;
  readonly name: string;
  readonly path: string;
}

function describe(place: Place, walk: Walk): void {
  const { fd, name, path } = place;
  const at = below(fd, name);
  const stat = lstatSync(at, { bigint: true });
  const facts = [...common(stat), ...listXattrs(at)];
  const line = (kind: string, ...more: (string | bigint)[]): void => {
    walk.lines.push([path, kind, ...facts, ...more].join(" "));
  };
  if (stat.isDirectory()) {
    line("folder");
    inFolder(at, (child) => listFolder(child, `${path}/`, walk));
  } else if (stat.isSymbolicLink()) {
    const target = readlinkSync(at, { encoding: "buffer" });
    line("link", JSON.stringify(target.toString("latin1")));
  } else if (stat.isFIFO()) {
    line("fifo", `mtime=${stat.mtimeNs}`);
  } else if (stat.isFile()) {
    line("file", `mtime=${stat.mtimeNs}`, ...describeFile(at, stat), ...shared(stat, path, walk));
  } else {
    line("other");
  }
}

function common(stat: BigIntStats): string[] {
  const mode = stat.isSymbolicLink() ? "-" : (stat.mode & 0o7777n).toString(8).padStart(4, "0");
  return [mode, `${stat.uid}:${stat.gid}`];
}

function describeFile(at: Uint8Array, stat: BigIntStats): string[] {
  const fd = openSync(at as Buffer, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  try {
    const hasHole = stat.size > 0n && stat.blocks * 512n < stat.size && hole(fd, stat);
    return [`size=${stat.size}`, `sha256=${hashFile(fd)}`, ...(hasHole ? ["sparse"] : [])];
  } finally {
    closeSync(fd);
  }
}

function hole(fd: number, { size }: BigIntStats): boolean {
  return findHole(fd) < Number(size);
}

function hashFile(fd: number): string {
  const hasher = new Bun.CryptoHasher("sha256");
  for (let at = 0; ; ) {
    const got = readSync(fd, PIECE, 0, PIECE.length, at);
    if (got === 0) return hasher.digest("hex");
    hasher.update(PIECE.subarray(0, got));
    at += got;
  }
}

function shared({ nlink, dev, ino }: BigIntStats, path: string, { firstNames }: Walk): string[] {
  if (nlink < 2n) return [];
  const inode = `${dev}:${ino}`;
  const first = firstNames.get(inode);
  if (first !== undefined) return [`same-as=${first}`];
  firstNames.set(inode, path);
  return [];
}

function inFolder(at: Uint8Array, use: (fd: number) => void): void {
  const fd = openSync(at as Buffer, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  try {
    use(fd);
  } finally {
    closeSync(fd);
  }
}

function below(fd: number, name: string): Buffer {
  return Buffer.from(`/proc/self/fd/${fd}/${name}`, "latin1");
}
