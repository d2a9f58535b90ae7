import {
  closeSync,
  lstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  type Stats,
} from "node:fs";
import { fromBytes, fromText, joinRaw, type RawPath, toBytes } from "../../model/raw-path.ts";

const PIECE = Buffer.allocUnsafe(1 << 20);
/** Said that a copy was whole; no content. */
const READY = ".READY";

/**
 * What version 1 called the content of a snapshot: the SHA-256 of one line for each folder, link and
 * file below `folder`, sorted by bytes as whole lines.
 */
export function hashV1Payload(folder: string): string {
  const lines: string[] = [];
  addLines(fromText(folder), "" as RawPath, lines);
  const hasher = new Bun.CryptoHasher("sha256");
  for (const line of lines.sort()) hasher.update(toBytes(`${line}\n` as RawPath));
  return hasher.digest("hex");
}

/** A folder called `.READY` is left out itself; what is in it is not. */
function addLines(folder: RawPath, at: RawPath, lines: string[]): void {
  for (const bytes of readdirSync(Buffer.from(toBytes(folder)), { encoding: "buffer" })) {
    const name = fromBytes(bytes);
    const path = Buffer.from(toBytes(joinRaw(folder, name)));
    const inside = joinRaw(at, name);
    const stat = lstatSync(path);
    if (name !== READY) lines.push(...lineOf(path, { inside, name, stat }));
    if (stat.isDirectory()) addLines(joinRaw(folder, name), inside, lines);
  }
}

function lineOf(
  path: Buffer,
  { inside, name, stat }: { inside: RawPath; name: RawPath; stat: Stats },
): string[] {
  const mode = (stat.mode & 0o777).toString(8).padStart(4, "0");
  if (stat.isDirectory()) return [`dir:${inside}:mode=${mode}:${hash(toBytes(name))}`];
  if (stat.isSymbolicLink()) {
    const target = readlinkSync(path, { encoding: "buffer" });
    return [`symlink:${inside}:mode=0777:${hash(target)}`];
  }
  if (!stat.isFile()) return [];
  return [`file:${inside}:mode=${mode},size=${stat.size}:${hashFile(path)}`];
}

function hash(bytes: Uint8Array): string {
  return Bun.CryptoHasher.hash("sha256", bytes, "hex");
}

function hashFile(path: Buffer): string {
  const hasher = new Bun.CryptoHasher("sha256");
  const fd = openSync(path, "r");
  try {
    for (let count = readSync(fd, PIECE); count > 0; count = readSync(fd, PIECE))
      hasher.update(PIECE.subarray(0, count));
  } finally {
    closeSync(fd);
  }
  return hasher.digest("hex");
}
