import { ptr } from "bun:ffi";
import type { RawPath } from "../model/raw-path.ts";
import { lastErrno, libc, throwErrno } from "./libc.ts";

const SEEK_SET = 0;
const SEEK_HOLE = 4;

/** Memory that system calls fill, and where it lies. */
export interface IoMemory {
  readonly bytes: Uint8Array;
  readonly address: number;
}

/** A block of such memory, with its address looked up once. */
export class IoBuffer implements IoMemory {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly address: number;

  constructor(size: number) {
    this.bytes = new Uint8Array(size);
    this.address = ptr(this.bytes);
  }
}

/**
 * Reads into `buffer` from its byte `offset` on until it is full or the file ends.
 * Returns how many bytes came. `name` is for the error alone.
 */
export function readFully(
  fd: number,
  into: { buffer: IoMemory; offset?: number; limit?: number },
  name: RawPath,
): number {
  const start = into.offset ?? 0;
  const end = Math.min(into.buffer.bytes.length, start + (into.limit ?? into.buffer.bytes.length));
  let at = start;
  while (at < end) {
    const got = Number(libc.read(fd, into.buffer.address + at, end - at));
    if (got === 0) break;
    if (got > 0) at += got;
    else if (lastErrno() !== "EINTR") throwErrno("read", name);
  }
  return at - start;
}

/** Writes all of `bytes`. */
export function writeFully(fd: number, bytes: Uint8Array, name: RawPath): void {
  if (bytes.length === 0) return;
  const address = ptr(bytes);
  for (let at = 0; at < bytes.length; ) {
    const put = Number(libc.write(fd, address + at, bytes.length - at));
    if (put >= 0) at += put;
    else if (lastErrno() !== "EINTR") throwErrno("write", name);
  }
}

/** Leaves a hole of `length` bytes: moves on without writing. */
export function skipAhead(fd: number, length: number, name: RawPath): void {
  const SEEK_CUR = 1;
  if (Number(libc.lseek(fd, length, SEEK_CUR)) < 0) throwErrno("write", name);
}

export function setLength(fd: number, length: number, name: RawPath): void {
  if (libc.ftruncate(fd, length) !== 0) throwErrno("write", name);
}

/** Whether the file has a hole before its end; leaves the read position at 0. False where the file system cannot tell. */
export function hasHole(fd: number, size: number): boolean {
  const hole = Number(libc.lseek(fd, 0, SEEK_HOLE));
  libc.lseek(fd, 0, SEEK_SET);
  return hole >= 0 && hole < size;
}

export function rewind(fd: number): void {
  libc.lseek(fd, 0, SEEK_SET);
}

/**
 * Whether some process has the file open for writing, or mapped so: then what it writes next would
 * be lost with the file. Asked by a read lease (fcntl(2), F_SETLEASE), which the kernel grants only
 * where nobody does; false where the file system, or its owner, does not let us ask.
 */
export function isBeingWritten(fd: number): boolean {
  const answer = leaseForReading(fd);
  if (answer === "nobody writes") endLease(fd);
  return answer === "somebody writes";
}

/** What a read lease tells: granted, it holds until {@link endLease}, or until `fd` is closed. */
export type LeaseAnswer = "nobody writes" | "somebody writes" | "unknown";

const F_SETSIG = 10;
const F_SETLEASE = 1024;
const F_RDLCK = 0;
const F_UNLCK = 2;
/** Ignored unless someone asks for it. The usual signal of a lease that is broken, SIGIO, kills. */
const SIGURG = 23;

/** Asks for a read lease; who wants to write while it holds has to wait. */
export function leaseForReading(fd: number): LeaseAnswer {
  libc.fcntl(fd, F_SETSIG, SIGURG);
  if (libc.fcntl(fd, F_SETLEASE, F_RDLCK) === 0) return "nobody writes";
  return lastErrno() === "EAGAIN" ? "somebody writes" : "unknown";
}

export function endLease(fd: number): void {
  libc.fcntl(fd, F_SETLEASE, F_UNLCK);
}

/** Makes everything on the file system of `fd` durable. */
export function syncFileSystem(fd: number, name: RawPath): void {
  if (libc.syncfs(fd) !== 0) throwErrno("sync", name);
}
