import { Desk, receiveLine } from "./desk.ts";
import { type Layout, watchLockPath, watchSocketPlace } from "./layout.ts";
import { decodeQuestion, type WatchQuestion } from "./watch-messages.ts";

const MOST_QUESTION_BYTES = 8192;

/** Somebody who asks, and waits for one answer. */
export interface WatchCall extends Disposable {
  readonly question: WatchQuestion;
  reply(bytes: Uint8Array): void;
}

/**
 * Where the watcher of a repository listens; undefined where another watcher is at work.
 *
 * @throws SystemError where there can be no lock, or no socket
 */
export function openWatchDesk(layout: Layout): Desk | undefined {
  return Desk.open(watchSocketPlace(layout), watchLockPath(layout));
}

/** The caller and what they ask; undefined when they are not of our user, or have gone again. */
export function takeQuestion(desk: Desk): WatchCall | undefined {
  const socket = desk.accept();
  const line = socket && receiveLine(socket, MOST_QUESTION_BYTES);
  const question = line === undefined ? undefined : decodeQuestion(line);
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
