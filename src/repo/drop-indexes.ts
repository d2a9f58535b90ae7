import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { roomOfRepo } from "./file-system.ts";
import type { Repo } from "./repo.ts";

/** What the control files of one command take, with much to spare. */
const ENOUGH_BYTES = 2 << 20;

/**
 * On a full disk removes the stat indexes, so that what frees room has room to write down what it
 * does. They are caches: the next command looks at everything once.
 */
export function dropIndexesIfFull(repo: Repo): void {
  if (roomOfRepo(repo).freeBytes >= ENOUGH_BYTES) return;
  const { cache } = repo.layout;
  for (const name of readdirSync(cache))
    if (name.startsWith("index.")) rmSync(join(cache, name), { force: true });
}
