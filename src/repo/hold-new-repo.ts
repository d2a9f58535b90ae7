import { closeSync, lstatSync, openSync } from "node:fs";
import { tryLockFile } from "../fs/flock.ts";
import { JvsError, SystemError } from "../model/errors.ts";
import { layoutOf } from "./layout.ts";

/**
 * Keeps others from making a repository in the folder `root`, until disposed. The folder itself is
 * locked, so that nothing is left in it when we are done.
 *
 * @throws E_EXISTS when there is a `.jvs` already; E_LOCKED when another process is making one
 */
export function holdNewRepo(root: string): Disposable {
  const fd = openSync(root, "r");
  try {
    if (!isAlone(fd, root)) throw atWork(root);
    if (lstatSync(layoutOf(root).jvs, { throwIfNoEntry: false }) !== undefined) throw taken(root);
  } catch (error) {
    closeSync(fd);
    throw error;
  }
  return { [Symbol.dispose]: () => closeSync(fd) };
}

function isAlone(fd: number, root: string): boolean {
  try {
    return tryLockFile(fd, root);
  } catch (error) {
    // NFS locks no folders. The last rename still lets only one of two attempts through.
    if (error instanceof SystemError) return true;
    throw error;
  }
}

export function taken(root: string, cause?: unknown): JvsError {
  return new JvsError(`Cannot make a repository in "${root}": there is a .jvs already`, {
    code: "E_EXISTS",
    hint: "Use the one that is there (`jvs info`), or choose another folder",
    details: { path: root },
    cause,
  });
}

function atWork(root: string): JvsError {
  return new JvsError(`Cannot make a repository in "${root}": another process is doing it`, {
    code: "E_LOCKED",
    hint: "Wait for it to end; then `jvs info` shows the repository",
    details: { path: root },
  });
}
