import {
  chmodSync,
  closeSync,
  copyFileSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  symlinkSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { fromBytes, fromText, joinRaw, type RawPath, toBytes } from "../../model/raw-path.ts";

/** Modes were lost when the content was compressed. */
const EXPANDED_MODE = 0o644;
const PIECE_SIZE = 1 << 20;
/** No file has such a name: it is empty, `.` or `..`. */
const NO_NAME = /^\.{0,2}$/;

/**
 * Copies the content of a compressed snapshot to `target`, each compressed file expanded under its
 * own name. What only looks compressed, or would take another file's name, stays as it is.
 *
 * @returns the files whose names without `.gz` can be no file's: version 1 never wrote such a one
 */
export async function expandV1Payload(payload: string, target: string): Promise<RawPath[]> {
  const odd: RawPath[] = [];
  await copyFolder(fromText(payload), fromText(target), odd);
  return odd.map((path) => path.slice(fromText(target).length + 1) as RawPath);
}

async function copyFolder(from: RawPath, to: RawPath, odd: RawPath[]): Promise<void> {
  mkdirSync(pathOf(to));
  const names = readdirSync(pathOf(from), { encoding: "buffer" }).map(fromBytes);
  const taken = new Set<string>(names);
  for (const name of names) {
    const source = joinRaw(from, name);
    const place = joinRaw(to, name);
    const stat = lstatSync(pathOf(source));
    if (stat.isSymbolicLink())
      symlinkSync(readlinkSync(pathOf(source), { encoding: "buffer" }), pathOf(place));
    else if (stat.isFile()) await copyFile(source, place, { taken, odd });
    else if (stat.isDirectory()) {
      await copyFolder(source, place, odd);
      chmodSync(pathOf(place), stat.mode & 0o7777);
    }
  }
}

interface Beside {
  /** All names in the folder. */
  readonly taken: ReadonlySet<string>;
  readonly odd: RawPath[];
}

async function copyFile(source: RawPath, place: RawPath, beside: Beside): Promise<void> {
  const { mode, atime, mtime } = lstatSync(pathOf(source));
  const plain = plainPath(place, beside);
  const isExpanded = plain !== undefined && isGzip(source) && (await expand(source, plain));
  const end = isExpanded ? plain : place;
  if (!isExpanded) copyFileSync(pathOf(source), pathOf(place));
  chmodSync(pathOf(end), isExpanded ? EXPANDED_MODE : mode & 0o7777);
  lutimesSync(pathOf(end), atime, mtime);
}

/** The path without `.gz`, when the file may have had it before it was compressed. */
function plainPath(place: RawPath, { taken, odd }: Beside): RawPath | undefined {
  if (!place.endsWith(".gz")) return undefined;
  const plain = place.slice(0, -".gz".length) as RawPath;
  const name = plain.slice(plain.lastIndexOf("/") + 1);
  if (NO_NAME.test(name)) odd.push(place);
  return NO_NAME.test(name) || taken.has(name) ? undefined : plain;
}

/** False when it turns out not to be what it looks like. */
async function expand(source: RawPath, place: RawPath): Promise<boolean> {
  const fd = openSync(pathOf(source), "r");
  const to = openSync(pathOf(place), "wx", EXPANDED_MODE);
  try {
    const gunzip = Readable.from(piecesOf(fd)).pipe(createGunzip());
    for await (const piece of gunzip) writeWhole(to, piece);
    return true;
  } catch {
    unlinkSync(pathOf(place));
    return false;
  } finally {
    closeSync(fd);
    closeSync(to);
  }
}

function* piecesOf(fd: number): Generator<Buffer> {
  for (;;) {
    const piece = Buffer.allocUnsafe(PIECE_SIZE);
    const count = readSync(fd, piece);
    if (count === 0) return;
    yield piece.subarray(0, count);
  }
}

function writeWhole(fd: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done);
}

function isGzip(path: RawPath): boolean {
  const start = Buffer.alloc(3);
  const fd = openSync(pathOf(path), "r");
  try {
    return readSync(fd, start) === 3 && start.equals(Buffer.from([0x1f, 0x8b, 8]));
  } finally {
    closeSync(fd);
  }
}

function pathOf(path: RawPath): Buffer {
  return Buffer.from(toBytes(path));
}
