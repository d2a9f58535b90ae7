import { FFIType } from "bun:ffi";
import { fromText, type RawPath } from "../model/raw-path.ts";
import { IoBuffer } from "./file-io.ts";
import { CString, lastErrno, libc, loadCalls, throwErrno } from "./libc.ts";

/** inotify(7); the numbers stand in sys/inotify.h. */
export const EVENT = {
  modify: 0x2,
  attrib: 0x4,
  closeWrite: 0x8,
  open: 0x20,
  movedFrom: 0x40,
  movedTo: 0x80,
  create: 0x100,
  delete: 0x200,
  deleteSelf: 0x400,
  moveSelf: 0x800,
  unmount: 0x2000,
  overflow: 0x4000,
  ignored: 0x8000,
  isFolder: 0x40000000,
} as const;

/** Of a folder: all that can change what is in it, and who opens it. */
export const FOLDER_EVENTS: number =
  EVENT.modify |
  EVENT.attrib |
  EVENT.closeWrite |
  EVENT.open |
  EVENT.movedFrom |
  EVENT.movedTo |
  EVENT.create |
  EVENT.delete |
  EVENT.deleteSelf |
  EVENT.moveSelf;

export interface InotifyEvent {
  /** Which watch it is of; -1 for an overflow. */
  readonly watch: number;
  readonly mask: number;
  /** The name in the watched folder; "" for the folder itself. */
  readonly name: RawPath;
}

interface Calls {
  inotify_init1(flags: number): number;
  inotify_add_watch(fd: number, path: number, mask: number): number;
  inotify_rm_watch(fd: number, watch: number): number;
}

const { i32, u32, ptr } = FFIType;
const HEADER_BYTES = 16;
const NONBLOCK_CLOEXEC = 0o2004000;
let loaded: Calls | undefined;

function calls(): Calls {
  loaded ??= loadCalls<Calls>({
    inotify_init1: { args: [i32], returns: i32 },
    inotify_add_watch: { args: [i32, ptr, u32], returns: i32 },
    inotify_rm_watch: { args: [i32, i32], returns: i32 },
  });
  return loaded;
}

/** One queue of the kernel, with the watches that fill it. */
export class Inotify implements Disposable {
  readonly fd: number;
  private readonly path = new CString();
  private readonly buffer = new IoBuffer(256 * 1024);

  /** @throws SystemError EMFILE when the user has too many (fs.inotify.max_user_instances) */
  constructor() {
    this.fd = calls().inotify_init1(NONBLOCK_CLOEXEC);
    if (this.fd < 0) throwErrno("watch", "" as RawPath);
  }

  /**
   * Watches what is open as `fd`: that very inode, wherever its name leads by now.
   *
   * @returns the number that its events carry; that of the former watch where it is watched already
   * @throws SystemError ENOSPC at the limit of watches (fs.inotify.max_user_watches), EACCES
   */
  watch(fd: number, path: RawPath, mask: number = FOLDER_EVENTS): number {
    const place = this.path.set(fromText(`/proc/self/fd/${fd}`));
    const watch = calls().inotify_add_watch(this.fd, place, mask);
    return watch < 0 ? throwErrno("watch", path) : watch;
  }

  /** Nothing happens where it has ended by itself. */
  unwatch(watch: number): void {
    calls().inotify_rm_watch(this.fd, watch);
  }

  /** All events that are queued by now. */
  read(): InotifyEvent[] {
    const events: InotifyEvent[] = [];
    const { bytes, address } = this.buffer;
    for (;;) {
      const got = Number(libc.read(this.fd, address, bytes.length));
      if (got > 0) parse(Buffer.from(bytes.buffer, 0, got), events);
      else if (got === 0 || lastErrno() === "EAGAIN") return events;
      else if (lastErrno() !== "EINTR") throwErrno("watch", "" as RawPath);
    }
  }

  [Symbol.dispose](): void {
    libc.close(this.fd);
  }
}

/** `struct inotify_event`: watch i32, mask u32, cookie u32, length u32, name, zeros. */
function parse(bytes: Buffer, events: InotifyEvent[]): void {
  for (let at = 0; at < bytes.length; ) {
    const length = bytes.readUInt32LE(at + 12);
    const start = at + HEADER_BYTES;
    const end = bytes.subarray(start, start + length).indexOf(0);
    const name = bytes.latin1Slice(start, start + Math.max(end, 0)) as RawPath;
    events.push({ watch: bytes.readInt32LE(at), mask: bytes.readUInt32LE(at + 4), name });
    at = start + length;
  }
}
