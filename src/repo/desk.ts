import { closeSync, rmSync, statSync } from "node:fs";
import {
  LocalListener,
  type LocalSocket,
  type SocketPlace,
  waitForAny,
} from "../fs/local-socket.ts";
import { tryLockPath } from "./lock-file.ts";

/** Commands of our own user say at once what they want; whoever does not is sent away. */
const CALLER_PATIENCE_MS = 100;

/** Where a process that works for a whole repository listens. There is one such process at most. */
export class Desk implements Disposable {
  private readonly path: string;
  private readonly lock: number;
  private readonly listener: LocalListener;
  private readonly inode: number;

  private constructor(place: SocketPlace, lock: number) {
    this.path = `${place.folder}/${place.name}`;
    this.lock = lock;
    // We have the lock: what lies there was left by a process that was killed.
    rmSync(this.path, { force: true });
    this.listener = new LocalListener(place);
    this.inode = statSync(this.path).ino;
  }

  /**
   * Undefined where another process holds the lock at `lockPath`.
   *
   * @throws SystemError where there can be no lock, or no socket
   */
  static open(place: SocketPlace, lockPath: string): Desk | undefined {
    const lock = tryLockPath(lockPath);
    return lock === undefined ? undefined : new Desk(place, lock);
  }

  /** Waits until somebody calls, one of the descriptors has something to read, or the time is up. */
  wait(
    fds: readonly number[],
    timeoutMs: number,
  ): { readonly isCalled: boolean; readonly ready: readonly number[] } {
    const ready = waitForAny([this.listener.fd, ...fds], timeoutMs);
    return { isCalled: ready.includes(this.listener.fd), ready };
  }

  /** Whoever calls; undefined when they are not of our user, or have gone again. */
  accept(): LocalSocket | undefined {
    const socket = this.listener.accept(CALLER_PATIENCE_MS);
    if (socket?.peer().user === process.geteuid?.()) return socket;
    socket?.[Symbol.dispose]();
    return undefined;
  }

  /** Whether callers still find us: the repository may be gone, or its cache cleared. */
  isThere(): boolean {
    return statSync(this.path, { throwIfNoEntry: false })?.ino === this.inode;
  }

  [Symbol.dispose](): void {
    if (this.isThere()) rmSync(this.path, { force: true });
    this.listener[Symbol.dispose]();
    closeSync(this.lock);
  }
}

/** What the caller says up to the end of a line, at most so many bytes; undefined when that does not come. */
export function receiveLine(socket: LocalSocket, mostBytes: number): string | undefined {
  const pieces: Buffer[] = [];
  for (let length = 0; length < mostBytes; ) {
    const piece = socket.receive();
    if (piece === undefined || piece.length === 0) return undefined;
    pieces.push(piece);
    length += piece.length;
    if (piece.at(-1) === LINE_END) return Buffer.concat(pieces).toString();
  }
  return undefined;
}

const LINE_END = 10;
