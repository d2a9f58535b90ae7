import { decodeExact, type RawPath, toBytes } from "../../model/raw-path.ts";

/** Tar works in blocks of this many bytes. */
export const BLOCK_BYTES = 512;
/** The largest size that 11 octal digits hold. */
const MOST_OCTAL = 0o77777777777;
/** The largest owner that 7 octal digits hold. */
const MOST_ID = 0o7777777;

/** One member of an archive. */
export interface TarMember {
  readonly path: RawPath;
  /** POSIX type flag: `0` file, `1` hard link, `2` symbolic link, `5` folder, `6` fifo. */
  readonly type: "0" | "1" | "2" | "5" | "6";
  readonly mode: number;
  readonly size: number;
  /** Nanoseconds since 1970; undefined where none is kept. */
  readonly mtime?: bigint;
  readonly uid: number;
  readonly gid: number;
  readonly link?: RawPath;
  readonly xattrs: readonly (readonly [RawPath, Uint8Array])[];
}

/**
 * The header blocks of a member in the pax interchange format (POSIX.1-2017, pax, "ustar Interchange
 * Format" and "pax Extended Header"): an extended header wherever the plain one cannot say it. Names
 * that are no UTF-8 are written as bytes under `hdrcharset=BINARY`; attributes as `SCHILY.xattr.*`,
 * which GNU tar and bsdtar read.
 */
export function encodeMember(member: TarMember): Buffer {
  const records = paxRecords(member);
  const plain = ustarHeader(member, member.type, member.size);
  if (records.length === 0) return plain;
  const extended = Buffer.concat(records.map(([key, value]) => paxRecord(key, value)));
  const { link: _link, ...rest } = member;
  const header = ustarHeader({ ...rest, path: "pax" as RawPath }, "x", extended.length);
  return Buffer.concat([header, extended, padding(extended.length), plain]);
}

/** Zeros that fill up the last block. */
export function padding(size: number): Buffer {
  return Buffer.alloc((BLOCK_BYTES - (size % BLOCK_BYTES)) % BLOCK_BYTES);
}

/** Two empty blocks end an archive. */
export const ARCHIVE_END: Buffer = Buffer.alloc(2 * BLOCK_BYTES);

function paxRecords(member: TarMember): [string, Uint8Array][] {
  const { path, link = path, size, uid, gid, xattrs } = member;
  const isBinary = [path, link].some((name) => decodeExact(name) === undefined);
  const needed: readonly (readonly [string, boolean, Uint8Array | string])[] = [
    ["hdrcharset", isBinary, "BINARY"],
    ["path", !isPlain(path), toBytes(path)],
    ["linkpath", member.link !== undefined && !isPlain(link), toBytes(link)],
    ["uid", uid > MOST_ID, String(uid)],
    ["gid", gid > MOST_ID, String(gid)],
    ["size", size > MOST_OCTAL, String(size)],
    ["mtime", hasFraction(member.mtime), seconds(member.mtime ?? 0n)],
  ];
  const records = needed.filter(([, isNeeded]) => isNeeded);
  return [
    ...records.map(([key, , value]): [string, Uint8Array] => [key, Buffer.from(value)]),
    ...xattrs.map(([name, value]): [string, Uint8Array] => [`SCHILY.xattr.${name}`, value]),
  ];
}

/** Whether the plain header's whole, positive seconds cannot say it. */
function hasFraction(mtime: bigint | undefined): boolean {
  return mtime !== undefined && (mtime % 1_000_000_000n !== 0n || mtime < 0n);
}

/** Whether the plain header's 100 bytes can hold the name, in ASCII. */
function isPlain(name: RawPath): boolean {
  return name.length <= 100 && /^[\x20-\x7e]*$/.test(name);
}

function seconds(nanos: bigint): string {
  const sign = nanos < 0n ? "-" : "";
  const size = nanos < 0n ? -nanos : nanos;
  return `${sign}${size / 1_000_000_000n}.${String(size % 1_000_000_000n).padStart(9, "0")}`;
}

/** `<length> <key>=<value>\n`, where the length counts its own digits. */
function paxRecord(key: string, value: Uint8Array): Buffer {
  const rest = Buffer.concat([Buffer.from(` ${key}=`, "latin1"), value, Buffer.from("\n")]);
  let length = rest.length + 1;
  while (String(length).length + rest.length !== length)
    length = String(length).length + rest.length;
  return Buffer.concat([Buffer.from(String(length)), rest]);
}

function ustarHeader(member: Omit<TarMember, "type">, type: string, size: number): Buffer {
  const block = Buffer.alloc(BLOCK_BYTES);
  const octal = (value: number, at: number, digits: number): void => {
    block.write(
      `${Math.max(0, Math.min(value, 8 ** digits - 1))
        .toString(8)
        .padStart(digits, "0")}\0`,
      at,
      "latin1",
    );
  };
  block.write(member.path.slice(0, 100), 0, "latin1");
  octal(member.mode, 100, 7);
  octal(member.uid, 108, 7);
  octal(member.gid, 116, 7);
  octal(size > MOST_OCTAL ? 0 : size, 124, 11);
  octal(Number((member.mtime ?? 0n) / 1_000_000_000n), 136, 11);
  block.write(type, 156, "latin1");
  block.write((member.link ?? "").slice(0, 100), 157, "latin1");
  block.write("ustar\x0000", 257, "latin1");
  block.write("        ", 148, "latin1");
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return block;
}
