import {
  chmodSync,
  closeSync,
  lchownSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmdirSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach } from "vitest";
import { mountImage } from "../../../test/loop-mount.ts";
import type { RawPath } from "../../model/raw-path.ts";

/** A btrfs of its own; `using` unmounts it. */
export interface ScratchBtrfs extends Disposable {
  readonly path: string;
  /** The open folder `name` on it, closed at the end; the top where there is no name. */
  open(name?: string): number;
}

const IMAGE_BYTES = 1 << 30;
export const NOBODY = 65534;

/** One for all tests of a file, which are skipped where there cannot be one. Called outside of tests. */
export function useScratchBtrfs(): ScratchBtrfs {
  const made = makeScratchBtrfs();
  afterAll(() => {
    if (typeof made !== "string") made[Symbol.dispose]();
  });
  beforeEach(({ skip }) => {
    if (typeof made === "string") skip(made);
  });
  return made as ScratchBtrfs;
}

/** Mounts it, or says why this cannot be done here. */
function makeScratchBtrfs(): ScratchBtrfs | string {
  const folder = mkdtempSync(join(tmpdir(), "jvs-btrfs-"));
  const path = join(folder, "disk");
  mkdirSync(path);
  chmodSync(folder, 0o755);
  const mounted = mountImage("btrfs", { folder: path, bytes: IMAGE_BYTES });
  const fds: number[] = [];
  const remove = (): void => {
    for (const fd of fds.splice(0)) closeSync(fd);
    if (typeof mounted !== "string") mounted[Symbol.dispose]();
    rmdirSync(path);
    rmdirSync(folder);
  };
  if (typeof mounted === "string") {
    remove();
    return mounted;
  }
  return {
    path,
    open(name = ".") {
      const fd = openSync(join(path, name), "r");
      fds.push(fd);
      return fd;
    },
    [Symbol.dispose]: remove,
  };
}

/** What the work does is done as "nobody", without any capability. */
export function asNobody<T>(work: () => T): T {
  process.setegid?.(NOBODY);
  process.seteuid?.(NOBODY);
  try {
    return work();
  } finally {
    process.seteuid?.(0);
    process.setegid?.(0);
  }
}

/** The same for work that waits: nothing else may go on in this process meanwhile. */
export async function asNobodyLater<T>(work: () => Promise<T>): Promise<T> {
  process.setegid?.(NOBODY);
  process.seteuid?.(NOBODY);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
    process.setegid?.(0);
  }
}

/** Makes "nobody" the owner of a folder, or of what else is there. */
export function takeOver(path: string): void {
  lchownSync(path, NOBODY, NOBODY);
}

export function raw(text: string): RawPath {
  return text as RawPath;
}
