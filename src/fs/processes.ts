import { readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";

/** A process that is at work somewhere. */
export interface ProcessAt {
  readonly pid: number;
  /** Its name, such as `bash`. */
  readonly command: string;
}

/**
 * Other processes that are at work in `folder` (a real path): it or a folder in it is their current
 * one, or open, or they have a file in it open for writing. Those of other users are not seen.
 */
export function processesIn(folder: string): ProcessAt[] {
  return listPids()
    .filter((pid) => pid !== process.pid && (standsIn(folder, pid) || hasOpenIn(folder, pid)))
    .map((pid) => ({ pid, command: nameOf(pid) }));
}

export function listPids(): number[] {
  return listIfAny("/proc").map(Number).filter(Number.isInteger);
}

function standsIn(folder: string, pid: number): boolean {
  return isIn(folder, targetOf(`/proc/${pid}/cwd`));
}

function hasOpenIn(folder: string, pid: number): boolean {
  return listIfAny(`/proc/${pid}/fd`).some((fd) => {
    const isThere = isIn(folder, targetOf(`/proc/${pid}/fd/${fd}`));
    return isThere && (isForWriting(pid, fd) || isFolder(`/proc/${pid}/fd/${fd}`));
  });
}

/** proc(5): `flags` are those of open(2), in octal. */
function isForWriting(pid: number, fd: string): boolean {
  const ACCESS_MODE = 3;
  const flags = /^flags:\s*([0-7]+)$/m.exec(readIfAny(`/proc/${pid}/fdinfo/${fd}`))?.[1] ?? "0";
  return (Number.parseInt(flags, 8) & ACCESS_MODE) !== 0;
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false; // Closed since.
  }
}

function targetOf(link: string): string {
  try {
    return readlinkSync(link);
  } catch {
    return ""; // It has ended, or is not ours to look at.
  }
}

function isIn(folder: string, path: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

function nameOf(pid: number): string {
  return readIfAny(`/proc/${pid}/comm`).trim() || "?";
}

function readIfAny(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

/** Nothing where this is no Linux, where a process has ended, or is not ours to look at. */
function listIfAny(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
