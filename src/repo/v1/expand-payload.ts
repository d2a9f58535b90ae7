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

/**
 * Copies the content of a compressed snapshot to `target`, each compressed file expanded under its
 * own name. What only looks compressed, or would take another file's name, stays as it is.
 */
export async function expandV1Payload(payload: string, target: string): Promise<void> {
  await copyFolder(fromText(payload), fromText(target));
}

async function copyFolder(from: RawPath, to: RawPath): Promise<void> {
  mkdirSync(pathOf(to));
  const names = readdirSync(pathOf(from), { encoding: "buffer" }).map(fromBytes);
  const taken = new Set<string>(names);
  for (const name of names) {
    const source = joinRaw(from, name);
    const stat = lstatSync(pathOf(source));
    const place = joinRaw(to, name);
    if (stat.isDirectory()) await copyFolder(source, place);
    else if (stat.isSymbolicLink())
      symlinkSync(readlinkSync(pathOf(source), { encoding: "buffer" }), pathOf(place));
    else if (stat.isFile()) await copyFile(source, place, taken);
    if (!stat.isSymbolicLink() && stat.isDirectory()) chmodSync(pathOf(place), stat.mode & 0o7777);
  }
}

async function copyFile(
  source: RawPath,
  place: RawPath,
  taken: ReadonlySet<string>,
): Promise<void> {
  const { mode, atime, mtime } = lstatSync(pathOf(source));
  const plain = place.slice(0, -".gz".length) as RawPath;
  const mayExpand = place.endsWith(".gz") && !taken.has(plain.slice(plain.lastIndexOf("/") + 1));
  const isExpanded = mayExpand && isGzip(source) && (await expand(source, plain));
  const end = isExpanded ? plain : place;
  if (!isExpanded) copyFileSync(pathOf(source), pathOf(place));
  chmodSync(pathOf(end), isExpanded ? EXPANDED_MODE : mode & 0o7777);
  lutimesSync(pathOf(end), atime, mtime);
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
