import { existsSync } from "../fs/files.ts";
import { dirname } from "../model/path.ts";
import { SERVER_FOLDER, SERVER_SOCKET } from "./server-socket.ts";

/** Whether there seems to be a server of the repository in `root`. */
export function hasServer(root: string): boolean {
  return existsSync(`${root}/${SERVER_FOLDER}/${SERVER_SOCKET}`);
}

/**
 * The nearest folder at or above `folder` that seems to have a server, with no slash at its end; the
 * server finds the repository itself. Costs next to nothing where there is none.
 */
export function findServer(folder: string): string | undefined {
  const root = folder === "/" ? "" : folder;
  if (hasServer(root)) return root;
  return root === "" ? undefined : findServer(dirname(folder));
}
