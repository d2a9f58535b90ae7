import { LocalSocket } from "../fs/local-socket.ts";
import { type Answer, type Call, decodeAnswer, encodeCall, GO, READY } from "./call-messages.ts";
import { hasServer } from "./find-server.ts";
import { SERVER_FOLDER, SERVER_SOCKET } from "./server-socket.ts";

export type { Answer, Call };

/** A server that is busy is passed over: to do it ourselves takes not much longer. */
const PATIENCE_MS = 20;

/**
 * Lets the server at `root` carry out a command in the current folder, if there is one; see findServer.
 *
 * @returns what it wrote and how it ended; undefined where nobody did anything, or the server ended
 *   over it: then the caller does it, as after any crash
 */
export function askServer(root: string, call: Call): Answer | undefined {
  const place = { folder: `${root}/${SERVER_FOLDER}`, name: SERVER_SOCKET };
  using socket = hasServer(root) ? LocalSocket.connect(place, PATIENCE_MS) : undefined;
  if (socket === undefined || !agree(socket, call)) return undefined;
  socket.setPatience(0);
  const pieces: Buffer[] = [];
  for (;;) {
    const piece = socket.receive();
    if (piece === undefined) return undefined;
    if (piece.length === 0) return decodeAnswer(Buffer.concat(pieces));
    pieces.push(piece);
  }
}

/** Nothing is done before both have said that it is to be done there. */
function agree(socket: LocalSocket, call: Call): boolean {
  // Whoever may write into .jvs could put a socket there; only our own process is believed.
  if (socket.peer().user !== process.geteuid?.()) return false;
  return (
    socket.send(encodeCall(call)) && socket.receive()?.equals(READY) === true && socket.send(GO)
  );
}

/** Ends the server of the repository in `root`, if there is one: then it holds nothing any more. */
export function stopServer(root: string): void {
  askServer(root, { program: "", words: [], env: {} });
}
