import { readFileSync } from "../fs/files.ts";

/** Whether a process is there, and has not ended: a child is there until its parent has asked for it. */
export function isAtWork(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`).latin1Slice(); // proc_pid_stat(5)
    return !/^ [ZX]/.test(stat.slice(stat.lastIndexOf(")") + 1));
  } catch {
    return false;
  }
}
