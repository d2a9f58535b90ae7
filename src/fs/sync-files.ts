import { fsync } from "node:fs";

/** Makes several open files durable at once: file systems join their journal commits. Throws the first failure. */
export async function syncFiles(fds: readonly number[]): Promise<void> {
  await Promise.all(
    fds.map(
      (fd) =>
        new Promise<void>((resolve, reject) => {
          fsync(fd, (error) => (error === null || error === undefined ? resolve() : reject(error)));
        }),
    ),
  );
}
