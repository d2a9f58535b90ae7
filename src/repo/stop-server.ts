import { LocalSocket } from "../fs/local-socket.ts";
import { encodeCall, GO, READY } from "./call-messages.ts";
import { hasServer, SERVER_FOLDER, SERVER_SOCKET } from "./server-socket.ts";

/** One that is busy does not answer in time: it ends with its watcher. */
const PATIENCE_MS = 20;

/** Ends the server of the repository in `root`, if there is one: then it holds nothing any more. */
export function stopServer(root: string): void {
  const place = { folder: `${root}/${SERVER_FOLDER}`, name: SERVER_SOCKET };
  using socket = hasServer(root) ? LocalSocket.connect(place, PATIENCE_MS) : undefined;
  if (socket === undefined || !agree(socket)) return;
  socket.setPatience(0);
  socket.receive(); // Nothing comes; it hangs up at its end.
}

function agree(socket: LocalSocket): boolean {
  // Whoever may write into .jvs could put a socket there; only our own process is believed.
  if (socket.peer().user !== process.geteuid?.()) return false;
  const stop = encodeCall({ program: "", words: [], env: {} });
  return socket.send(stop) && socket.receive()?.equals(READY) === true && socket.send(GO);
}
