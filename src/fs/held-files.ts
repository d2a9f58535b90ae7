import { readFileSync } from "node:fs";
import type { RawPath } from "../model/raw-path.ts";
import { descriptorsOf, listPids } from "./open-descriptors.ts";

/**
 * Files below `folder` (a real path) that some process has open, or mapped to be written and shared.
 * Those of other users are seen by root alone.
 */
export function filesHeldBelow(folder: RawPath): RawPath[] {
  const held = new Set<RawPath>();
  for (const pid of listPids()) {
    if (pid === process.pid) continue;
    const open = Array.from(descriptorsOf(pid), ({ target }) => target);
    for (const path of [...open, ...mappedFilesOf(pid)])
      if (path.startsWith(`${folder}/`)) held.add(path);
  }
  return [...held];
}

/** `<from>-<to> rw-s <offset> <device> <inode> <path>`, the path padded with blanks (proc(5)). */
function mappedFilesOf(pid: number): RawPath[] {
  try {
    const maps = readFileSync(`/proc/${pid}/maps`, "latin1");
    return Array.from(
      maps.matchAll(/^\S+ .w.s \S+ \S+ \d+ +(.*)$/gm),
      ([, path = ""]) => path as RawPath,
    );
  } catch {
    return [];
  }
}
