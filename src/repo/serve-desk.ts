import type { LocalSocket } from "../fs/local-socket.ts";
import { isSameWorld } from "../fs/same-world.ts";
import { type Answer, type Call, encodeAnswer, GO, READY } from "./call-messages.ts";
import { Desk, receiveLine } from "./desk.ts";
import { parseJsonObject } from "./json-object.ts";
import { type Layout, serverLockPath } from "./layout.ts";
import { SERVER_SOCKET } from "./server-socket.ts";

/** Words and environment: the kernel allows a program 2 MiB of them. */
const MOST_CALL_BYTES = 8 << 20;

/**
 * A caller that is stopped before it has read an answer, and goes on later than this, does not know what
 * became of its command. Meanwhile others do theirs themselves.
 */
const READER_PATIENCE_MS = 60_000;

/** Somebody who waits for a command to be carried out. */
export interface OpenCall extends Disposable {
  readonly call: Call;
  /** The process that asks. */
  readonly pid: number;
  /** Whether it does not wait any more. */
  isOver(): boolean;
  reply(answer: Answer): void;
}

/**
 * Where the server of a repository listens: a process that carries out commands for others, which
 * are then spared their start. Undefined where there is one already.
 *
 * @throws SystemError where there can be no lock, or no socket
 */
export function openServeDesk(layout: Layout): Desk | undefined {
  return Desk.open({ folder: layout.cache, name: SERVER_SOCKET }, serverLockPath(layout));
}

/** No words: the server is to end. */
export function isStop({ words }: Call): boolean {
  return words.length === 0;
}

/** Whether a caller is served, as far as its program and its environment go. */
export type Judge = (call: Call) => boolean;

/** The next caller; undefined when it is none to be served, or has gone again: then it does everything itself. */
export function takeCall(desk: Desk, judge: Judge): OpenCall | undefined {
  const socket = desk.accept();
  const call = socket && agree(socket, judge);
  if (socket === undefined || call === undefined) {
    socket?.[Symbol.dispose]();
    return undefined;
  }
  return {
    call,
    pid: socket.peer().pid,
    isOver: () => socket.isOver(),
    reply(answer) {
      socket.setPatience(READER_PATIENCE_MS);
      socket.send(encodeAnswer(answer));
    },
    [Symbol.dispose]: () => socket[Symbol.dispose](),
  };
}

/** Both have to say so: a caller whose patience was at its end does it itself by now. */
function agree(socket: LocalSocket, judge: Judge): Call | undefined {
  const line = receiveLine(socket, MOST_CALL_BYTES);
  const call = line === undefined ? undefined : decodeCall(line);
  if (call === undefined || !(isStop(call) || isFor(socket, call, judge))) return undefined;
  return socket.send(READY) && socket.receive()?.equals(GO) ? call : undefined;
}

function isFor(socket: LocalSocket, call: Call, judge: Judge): boolean {
  return judge(call) && isSameWorld(socket.peer().pid);
}

function decodeCall(line: string): Call | undefined {
  const { program, words, env } = parseJsonObject(line) ?? {};
  if (typeof program !== "string" || !isTexts(words) || !isTexts(Object.values(env ?? {})))
    return undefined;
  return { program, words, env: { ...(env as Call["env"]) } };
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((word) => typeof word === "string");
}
