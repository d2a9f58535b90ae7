import { FFIType, ptr } from "bun:ffi";
import { closeFd } from "./at.ts";
import { IoBuffer } from "./file-io.ts";
import { openSync } from "./files.ts";
import { lastErrno, libc, loadCalls } from "./libc.ts";
import { O_CLOEXEC, O_DIRECTORY, O_NOFOLLOW, O_PATH } from "./open-flags.ts";

/**
 * Sockets between processes of one machine (unix(7)), by calls that block: a question takes less
 * time than the event loop needs to begin. A socket is named by its folder and its name in it, so
 * that its path may be longer than the 108 bytes that an address holds.
 */
interface Calls {
  socket(domain: number, type: number, protocol: number): number;
  bind(fd: number, address: number, length: number): number;
  listen(fd: number, backlog: number): number;
  accept4(fd: number, address: null, length: null, flags: number): number;
  connect(fd: number, address: number, length: number): number;
  setsockopt(fd: number, level: number, option: number, value: number, length: number): number;
  getsockopt(fd: number, level: number, option: number, value: number, length: number): number;
  send(fd: number, from: number, count: number, flags: number): number;
  poll(fds: number, count: number, timeout: number): number;
}

const { i32, u32, u64, ptr: pointer, i64_fast: i64 } = FFIType;
const AF_UNIX = 1;
const SOCK_STREAM = 1;
const SOCK_CLOEXEC = O_CLOEXEC;
const SOL_SOCKET = 1;
const SO_PEERCRED = 17;
const SO_RCVTIMEO = 20;
const SO_SNDTIMEO = 21;
const MSG_NOSIGNAL = 0x4000;
const POLLIN = 1;
/** asm-generic/poll.h; the same on x86-64 and arm64. */
const POLLRDHUP = 0x2000;
const BACKLOG = 64;
const ADDRESS_BYTES = 110;
let loaded: Calls | undefined;

function calls(): Calls {
  loaded ??= loadCalls<Calls>({
    socket: { args: [i32, i32, i32], returns: i32 },
    bind: { args: [i32, pointer, u32], returns: i32 },
    listen: { args: [i32, i32], returns: i32 },
    accept4: { args: [i32, pointer, pointer, i32], returns: i32 },
    connect: { args: [i32, pointer, u32], returns: i32 },
    setsockopt: { args: [i32, i32, i32, pointer, u32], returns: i32 },
    getsockopt: { args: [i32, i32, i32, pointer, pointer], returns: i32 },
    send: { args: [i32, pointer, u64, i32], returns: i64 },
    poll: { args: [pointer, u64, i32], returns: i32 },
  });
  return loaded;
}

/** A name in a folder. */
export interface SocketPlace {
  readonly folder: string;
  readonly name: string;
}

/** Who is at the other end. */
export interface Peer {
  /** 0 where it is in another world of processes. */
  readonly pid: number;
  readonly user: number;
}

/** One end of a talk. Every call gives up when the time is up. */
export class LocalSocket implements Disposable {
  private readonly fd: number;
  private readonly buffer = new IoBuffer(64 * 1024);

  constructor(fd: number, timeoutMs: number) {
    this.fd = fd;
    this.setPatience(timeoutMs);
  }

  /** How long a call may take from now on; 0 for as long as it likes. */
  setPatience(timeoutMs: number): void {
    const time = new BigInt64Array([
      BigInt(Math.floor(timeoutMs / 1000)),
      BigInt((timeoutMs % 1000) * 1000),
    ]);
    for (const option of [SO_RCVTIMEO, SO_SNDTIMEO])
      calls().setsockopt(this.fd, SOL_SOCKET, option, ptr(time), time.byteLength);
  }

  /** Undefined where nobody listens there, or does not take the call in time. */
  static connect(place: SocketPlace, timeoutMs: number): LocalSocket | undefined {
    const socket = new LocalSocket(openSocket(), timeoutMs);
    const isThere = withAddress(
      place,
      (address) => calls().connect(socket.fd, address, ADDRESS_BYTES) === 0,
    );
    if (isThere) return socket;
    socket[Symbol.dispose]();
    return undefined;
  }

  /** The process at the other end, as it was when it connected or began to listen, and its user. */
  peer(): Peer {
    const credentials = new Uint32Array([0, 0xffffffff, 0]);
    const length = new Uint32Array([credentials.byteLength]);
    calls().getsockopt(this.fd, SOL_SOCKET, SO_PEERCRED, ptr(credentials), ptr(length));
    return { pid: credentials[0] as number, user: credentials[1] as number };
  }

  /** Whether the other end has gone. */
  isOver(): boolean {
    // What it may have sent before is still to be read: only that it ended counts.
    return waitForAny([this.fd], 0, POLLRDHUP).length > 0;
  }

  /** False when the other end is gone, or takes nothing. */
  send(bytes: Uint8Array): boolean {
    const address = ptr(bytes);
    for (let at = 0; at < bytes.length; ) {
      const put = Number(calls().send(this.fd, address + at, bytes.length - at, MSG_NOSIGNAL));
      if (put >= 0) at += put;
      else if (lastErrno() !== "EINTR") return false;
    }
    return true;
  }

  /** What comes next; empty at the end; undefined when nothing came in time. */
  receive(): Buffer | undefined {
    for (;;) {
      const got = Number(libc.read(this.fd, this.buffer.address, this.buffer.bytes.length));
      if (got >= 0) return Buffer.from(this.buffer.bytes.slice(0, got).buffer);
      if (lastErrno() !== "EINTR") return undefined;
    }
  }

  [Symbol.dispose](): void {
    libc.close(this.fd);
  }
}

/** Listens at a place that must be free; the caller removes its name. */
export class LocalListener implements Disposable {
  readonly fd: number;

  /** @throws Error where the file system has no sockets, or the name is taken */
  constructor(place: SocketPlace) {
    this.fd = openSocket();
    const isBound = withAddress(
      place,
      (address) => calls().bind(this.fd, address, ADDRESS_BYTES) === 0,
    );
    if (isBound && calls().listen(this.fd, BACKLOG) === 0) return;
    const why = lastErrno();
    libc.close(this.fd);
    throw Object.assign(new Error(`${why}: ${place.folder}/${place.name}`), { code: why });
  }

  /** Whoever calls; undefined when they have gone again. */
  accept(timeoutMs: number): LocalSocket | undefined {
    const fd = calls().accept4(this.fd, null, null, SOCK_CLOEXEC);
    return fd < 0 ? undefined : new LocalSocket(fd, timeoutMs);
  }

  [Symbol.dispose](): void {
    libc.close(this.fd);
  }
}

/** Waits until one of the descriptors has something to read, or the time (in milliseconds) is up. */
export function waitForAny(
  fds: readonly number[],
  timeoutMs: number,
  events: number = POLLIN,
): readonly number[] {
  // struct pollfd: fd i32, events i16, what happened i16.
  const list = new Int32Array(fds.flatMap((fd) => [fd, events]));
  if (calls().poll(ptr(list), fds.length, Math.ceil(timeoutMs)) <= 0) return [];
  return fds.filter((_, index) => (list[index * 2 + 1] as number) >> 16 !== 0);
}

function openSocket(): number {
  return calls().socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

/** struct sockaddr_un: family u16, path. */
function withAddress(place: SocketPlace, use: (address: number) => boolean): boolean {
  const folder = openSync(place.folder, O_PATH | O_DIRECTORY | O_NOFOLLOW);
  try {
    const bytes = Buffer.alloc(Math.max(ADDRESS_BYTES, 4096));
    bytes.writeUInt16LE(AF_UNIX, 0);
    bytes.write(`/proc/self/fd/${folder}/${place.name}`, 2, "latin1");
    return use(ptr(bytes));
  } finally {
    closeFd(folder);
  }
}
