import { LocalSocket } from "../fs/local-socket.ts";
import type { WatcherReport } from "../model/watcher-report.ts";
import { hasWatcher } from "./find-watcher.ts";
import { type Layout, watchSocketPlace } from "./layout.ts";
import {
  decodeAnswer,
  decodeReport,
  encodeQuestion,
  type TouchedAnswer,
  type WatchQuestion,
} from "./watch-messages.ts";

/** A watcher that does not answer by then is passed over: the full scan takes not much longer. */
const PATIENCE_MS = 50;
/** For people, who can wait. */
export const LONG_PATIENCE_MS = 5000;

/** What the watcher says was touched; undefined when there is none, or it does not answer in time. */
export function askForTouched(
  layout: Layout,
  question: Omit<Extract<WatchQuestion, { ask: "touched" }>, "ask">,
): TouchedAnswer | undefined {
  const bytes = ask(layout, { ask: "touched", ...question }, PATIENCE_MS);
  return bytes === undefined ? undefined : decodeAnswer(bytes);
}

/** What the watcher is doing; undefined when there is none. */
export function askForReport(
  layout: Layout,
  timeoutMs: number = PATIENCE_MS,
): WatcherReport | undefined {
  const bytes = ask(layout, { ask: "status" }, timeoutMs);
  return bytes === undefined ? undefined : decodeReport(bytes);
}

/** Whether there was a watcher, which has ended when this returns. */
export function askToStop(layout: Layout): boolean {
  return ask(layout, { ask: "stop" }, LONG_PATIENCE_MS) !== undefined;
}

function ask(layout: Layout, question: WatchQuestion, timeoutMs: number): Buffer | undefined {
  if (!hasWatcher(layout)) return undefined;
  using socket = LocalSocket.connect(watchSocketPlace(layout), timeoutMs);
  // Whoever may write into .jvs could put a socket there; only our own process is believed.
  if (socket === undefined || socket.peer().user !== process.geteuid?.()) return undefined;
  if (!socket.send(encodeQuestion(question))) return undefined;
  const pieces: Buffer[] = [];
  for (;;) {
    const piece = socket.receive();
    if (piece === undefined) return undefined;
    if (piece.length === 0) return Buffer.concat(pieces);
    pieces.push(piece);
  }
}
