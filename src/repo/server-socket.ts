import { existsSync } from "../fs/files.ts";

/** Where the server of a repository listens, below the folder that holds `.jvs`; src/front looks there, too. */
export const SERVER_FOLDER = ".jvs/cache";
export const SERVER_SOCKET = "serve.sock";

/** Whether there seems to be a server of the repository in `root`. */
export function hasServer(root: string): boolean {
  return existsSync(`${root}/${SERVER_FOLDER}/${SERVER_SOCKET}`);
}
