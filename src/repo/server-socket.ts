/** Where the server of a repository listens, below the folder that holds `.jvs`. */
export const SERVER_FOLDER = ".jvs/cache";
export const SERVER_SOCKET = "serve.sock";
