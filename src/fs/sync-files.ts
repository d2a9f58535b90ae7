import { fsyncSync } from "./files.ts";
import { nodeFs } from "./node-fs.ts";

/** Makes several open files durable at once: file systems join their journal commits. Throws the first failure. */
export async function syncFiles(fds: readonly number[]): Promise<void> {
  const [only] = fds;
  if (only !== undefined && fds.length === 1) return fsyncSync(only);
  const { fsync } = nodeFs();
  await Promise.all(
    fds.map(
      (fd) =>
        new Promise<void>((resolve, reject) => {
          fsync(fd, (error) => (error === null || error === undefined ? resolve() : reject(error)));
        }),
    ),
  );
}
