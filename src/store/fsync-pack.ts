import { fsyncSync } from "node:fs";

/** Sends what a writer ended to the disk; nothing where it wrote nothing. */
export function fsyncPack(ended: { readonly packFd: number } | undefined): void {
  if (ended !== undefined) fsyncSync(ended.packFd);
}
