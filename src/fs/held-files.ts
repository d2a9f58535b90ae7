import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { listPids } from "./processes.ts";

/**
 * Files below `folder` (a real path) that some process has open, or mapped to be written and shared.
 * Those of other users are seen by root alone.
 */
export function filesHeldBelow(folder: string): string[] {
  const held = new Set<string>();
  for (const pid of listPids()) {
    if (pid === process.pid) continue;
    for (const path of [...openFilesOf(pid), ...mappedFilesOf(pid)])
      if (path.startsWith(`${folder}/`)) held.add(path);
  }
  return [...held];
}

function openFilesOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).map((fd) => targetOf(`/proc/${pid}/fd/${fd}`));
  } catch {
    return []; // It has ended, or is not ours to look at.
  }
}

function targetOf(link: string): string {
  try {
    return readlinkSync(link, "latin1");
  } catch {
    return "";
  }
}

/** `<from>-<to> rw-s <offset> <device> <inode> <path>`, the path padded with blanks (proc(5)). */
function mappedFilesOf(pid: number): string[] {
  try {
    const maps = readFileSync(`/proc/${pid}/maps`, "latin1");
    return [...maps.matchAll(/^\S+ .w.s \S+ \S+ \d+ +(.*)$/gm)].map(([, path = ""]) => path);
  } catch {
    return [];
  }
}
