import { readFileSync, statSync } from "node:fs";
import { fromText, type RawPath } from "../model/raw-path.ts";
import { descriptorsOf, listPids, targetOf } from "./open-descriptors.ts";

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
  const raw = fromText(folder);
  return listPids()
    .filter((pid) => pid !== process.pid && (standsIn(raw, pid) || hasOpenIn(raw, pid)))
    .map((pid) => ({ pid, command: nameOf(pid) }));
}

function standsIn(folder: RawPath, pid: number): boolean {
  return isIn(folder, targetOf(`/proc/${pid}/cwd`));
}

function hasOpenIn(folder: RawPath, pid: number): boolean {
  for (const { target, link, isForWriting } of descriptorsOf(pid))
    if (isIn(folder, target) && (isForWriting() || isFolder(link))) return true;
  return false;
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false; // Closed since.
  }
}

function isIn(folder: RawPath, path: RawPath): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

function nameOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, "utf8").trim() || "?";
  } catch {
    return "?"; // It has ended.
  }
}
