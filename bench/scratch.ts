import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { unmountBelow } from "../test/loop-mount.ts";

const PREFIX = "bench-";

/** A folder for one run; disposing removes it. */
export interface Scratch extends Disposable {
  readonly folder: string;
}

/** Makes a folder below `parent`, and clears away what runs that were killed left there. */
export function openScratch(parent: string): Scratch {
  mkdirSync(parent, { recursive: true });
  for (const name of readdirSync(parent).filter(isLeftover)) removeRun(join(parent, name));
  const folder = join(parent, `${PREFIX}${process.pid}`);
  mkdirSync(folder);
  return { folder, [Symbol.dispose]: () => removeRun(folder) };
}

/** Whether the run that made this folder has ended. */
function isLeftover(name: string): boolean {
  const [, pid] = /^bench-(\d+)$/.exec(name) ?? [];
  if (!pid) return false;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch {
    return true;
  }
}

function removeRun(folder: string): void {
  unmountBelow(folder);
  rmSync(folder, { recursive: true, force: true });
}
