import { closeSync } from "node:fs";
import { listFolderIfAny } from "./folders.ts";
import type { Layout } from "./layout.ts";
import { tryLockPath } from "./lock-file.ts";
import { clearHolder, type LockHolder, readHolder } from "./lock-holder.ts";

/** A lock whose holder died without a word. The lock itself is free: the kernel gave it back. */
export interface DeadLock {
  readonly path: string;
  readonly holder: LockHolder;
}

/** Lock files that still name a holder, and that nobody holds. */
export function* listDeadLocks(layout: Layout): Generator<DeadLock> {
  for (const path of lockPaths(layout)) {
    const holder = readHolder(path);
    if (holder === undefined) continue;
    const fd = tryLockPath(path);
    if (fd === undefined) continue;
    closeSync(fd);
    yield { path, holder };
  }
}

/** Empties those files. Returns how many there were. */
export function clearDeadLocks(layout: Layout): number {
  let cleared = 0;
  for (const { path } of [...listDeadLocks(layout)]) {
    const fd = tryLockPath(path);
    if (fd === undefined) continue;
    clearHolder(fd);
    cleared++;
  }
  return cleared;
}

function lockPaths({ locks }: Layout): string[] {
  return listFolderIfAny(locks)
    .filter((name) => name.endsWith(".lock"))
    .map((name) => `${locks}/${name}`);
}
