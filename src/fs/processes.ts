import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** A process that has its current folder somewhere. */
export interface ProcessAt {
  readonly pid: number;
  /** Its name, such as `bash`. */
  readonly command: string;
}

/** Other processes whose current folder is `folder` (a real path) or lies in it; those of other users are not seen. */
export function processesIn(folder: string): ProcessAt[] {
  return listPids()
    .filter((pid) => pid !== process.pid && isIn(folder, currentFolderOf(pid)))
    .map((pid) => ({ pid, command: nameOf(pid) }));
}

function listPids(): number[] {
  try {
    return readdirSync("/proc").map(Number).filter(Number.isInteger);
  } catch {
    return []; // No Linux.
  }
}

function currentFolderOf(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return ""; // It has ended, or is not ours to look at.
  }
}

function isIn(folder: string, path: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

function nameOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, "utf8").trim();
  } catch {
    return "?";
  }
}
