import { closeSync, rmSync, statSync } from "node:fs";
import { LocalListener, type LocalSocket, waitForAny } from "../fs/local-socket.ts";
import { type Layout, watchLockPath, watchSocketPlace } from "./layout.ts";
import { tryLockPath } from "./lock-file.ts";
import { decodeQuestion, type WatchQuestion } from "./watch-messages.ts";

/** Commands of our own user ask short questions at once; whoever does not is sent away. */
const CALLER_PATIENCE_MS = 100;
const MOST_QUESTION_BYTES = 8192;

/** Somebody who asks, and waits for one answer. */
export interface WatchCall extends Disposable {
  readonly question: WatchQuestion;
  reply(bytes: Uint8Array): void;
}

/** Where the watcher of a repository listens. There is one at most. */
export class WatchDesk implements Disposable {
  private readonly layout: Layout;
  private readonly lock: number;
  private readonly listener: LocalListener;
  private readonly inode: number;

  private constructor(layout: Layout, lock: number) {
    this.layout = layout;
    this.lock = lock;
    // We have the lock: what lies there was left by a watcher that was killed.
    rmSync(this.path, { force: true });
    this.listener = new LocalListener(watchSocketPlace(layout));
    this.inode = statSync(this.path).ino;
  }

  /**
   * Undefined where another watcher is at work.
   *
   * @throws SystemError where there can be no lock, or no socket
   */
  static open(layout: Layout): WatchDesk | undefined {
    const lock = tryLockPath(watchLockPath(layout));
    return lock === undefined ? undefined : new WatchDesk(layout, lock);
  }

  /** Waits until somebody calls, one of the descriptors has something to read, or the time is up. */
  wait(fds: readonly number[], timeoutMs: number): { isCalled: boolean } {
    const ready = waitForAny([this.listener.fd, ...fds], timeoutMs);
    return { isCalled: ready.includes(this.listener.fd) };
  }

  /** The caller and what they ask; undefined when they are not of our user, or have gone again. */
  take(): WatchCall | undefined {
    const socket = this.listener.accept(CALLER_PATIENCE_MS);
    const question = socket === undefined ? undefined : readQuestion(socket);
    if (socket === undefined || question === undefined) {
      socket?.[Symbol.dispose]();
      return undefined;
    }
    return {
      question,
      reply: (bytes) => void socket.send(bytes),
      [Symbol.dispose]: () => socket[Symbol.dispose](),
    };
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

  private get path(): string {
    const { folder, name } = watchSocketPlace(this.layout);
    return `${folder}/${name}`;
  }
}

function readQuestion(socket: LocalSocket): WatchQuestion | undefined {
  if (socket.peerUser() !== process.geteuid?.()) return undefined;
  let text = "";
  while (!text.endsWith("\n") && text.length < MOST_QUESTION_BYTES) {
    const piece = socket.receive();
    if (piece === undefined || piece.length === 0) return undefined;
    text += piece.toString();
  }
  return decodeQuestion(text);
}
