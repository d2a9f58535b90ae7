import { ptr } from "bun:ffi";
import type { RawPath } from "../model/raw-path.ts";
import { CString, lastErrno, libc, throwErrno } from "./libc.ts";

/**
 * Extended attributes and ACLs (which are attributes too), by `/proc/self/fd/<folder>/<name>`:
 * the only way to reach those of a link, or of a path longer than PATH_MAX.
 */
export type Xattr = readonly [name: RawPath, value: Uint8Array];

const path = new CString();
const attribute = new CString();
let names = new Uint8Array(1024);
let value = new Uint8Array(1024);

/**
 * Security labels are the system's business: a policy sets them anew where a file is written. XFS shows
 * ACLs once more under names of its own.
 */
const NOT_OURS =
  /^(security\.(selinux|ima|evm|apparmor)|trusted\.(overlay\.|SGI_ACL_)|system\.nfs4_acl|btrfs\.)/;

const DEFAULT_ACL = "system.posix_acl_default" as RawPath;
const HERE = "" as RawPath;

/** Whether the open file has any attribute at all: one call, mostly answered "no". */
export function mayHaveXattrs(fd: number): boolean {
  return Number(libc.flistxattr(fd, null, 0)) > 0;
}

/** Whether what is made in the open folder gets an ACL that nobody asked for (acl(5)). */
export function hasDefaultAcl(folder: number): boolean {
  return mayHaveXattrs(folder) && listNames(procPath(folder, HERE), HERE).includes(DEFAULT_ACL);
}

/** All attributes, sorted by name; none where the file system has no such thing. */
export function readXattrs(at: number, name: RawPath): Xattr[] {
  const place = procPath(at, name);
  return listNames(place, name)
    .filter((key) => !NOT_OURS.test(key))
    .sort()
    .flatMap((key) => readOne(place, key, name));
}

/** Sets exactly `wanted`: others are removed. Returns those that the system refused. */
export function writeXattrs(at: number, name: RawPath, wanted: readonly Xattr[]): RawPath[] {
  const place = procPath(at, name);
  const refused: RawPath[] = [];
  const keep = new Set(wanted.map(([key]) => key));
  for (const key of listNames(place, name)) {
    if (!keep.has(key) && !NOT_OURS.test(key))
      libc.lremovexattr(path.set(place), attribute.set(key));
  }
  for (const [key, bytes] of wanted) {
    const source = bytes.length === 0 ? new Uint8Array(1) : bytes;
    const done = libc.lsetxattr(path.set(place), attribute.set(key), ptr(source), bytes.length, 0);
    if (done !== 0) refused.push(key);
  }
  return refused;
}

function procPath(at: number, name: RawPath): string {
  return `/proc/self/fd/${at}/${name === "" ? "." : name}`;
}

function listNames(place: string, name: RawPath): RawPath[] {
  for (;;) {
    const length = Number(libc.llistxattr(path.set(place), ptr(names), names.length));
    if (length >= 0) return splitNames(names.subarray(0, length));
    const why = lastErrno();
    if (why === "ENOTSUP") return [];
    if (why !== "ERANGE") throwErrno("read the attributes of", name);
    names = new Uint8Array(names.length * 4);
  }
}

function splitNames(bytes: Uint8Array): RawPath[] {
  const text = String.fromCharCode(...bytes);
  return text.split("\0").filter((part) => part !== "") as RawPath[];
}

function readOne(place: string, key: RawPath, name: RawPath): Xattr[] {
  for (;;) {
    const length = Number(
      libc.lgetxattr(path.set(place), attribute.set(key), ptr(value), value.length),
    );
    if (length >= 0) return [[key, value.slice(0, length)]];
    const why = lastErrno();
    if (why === "ENODATA" || why === "ENOTSUP") return [];
    if (why !== "ERANGE") throwErrno("read the attributes of", name);
    value = new Uint8Array(value.length * 4);
  }
}
