import { closeFd } from "../fs/at.ts";
import { ftruncateSync, readFileSync, writeSync } from "../fs/files.ts";
import { systemCodeOf } from "../model/errors.ts";
import type { Actor } from "../model/operation.ts";
import { readTextIfAny } from "./control-file.ts";
import { parseJsonObject } from "./json-object.ts";

/** What a lock file says about who holds the lock. It only informs: the lock itself is the kernel's. */
export interface LockHolder {
  readonly user: string;
  readonly host: string;
  /** Tells one start of the host from the next, "" where the system does not say. */
  readonly boot_id: string;
  readonly pid: number;
  /** When the process started, in clock ticks since boot: tells it from a later one with its pid. */
  readonly process_start: string;
  readonly command: string;
  readonly since: string;
}

/** The record of this process. */
export function describeHolder(actor: Actor, command: string, since: Date): LockHolder {
  const { user, host, pid } = actor;
  return {
    user,
    host,
    boot_id: readSystemFile("/proc/sys/kernel/random/boot_id").trim(),
    pid,
    process_start: processStart(readSystemFile("/proc/self/stat")),
    command,
    since: since.toISOString(),
  };
}

/**
 * Writes the record into the lock file, in one piece over what a killed holder may have left. A
 * disk without space is no reason to fail: it must stay possible to lock, and then to clean up.
 */
export function writeHolder(fd: number, holder: LockHolder): void {
  const line = Buffer.from(`${JSON.stringify(holder)}\n`);
  try {
    writeSync(fd, line, 0);
    ftruncateSync(fd, line.length);
  } catch (error) {
    if (systemCodeOf(error) === "") throw error;
  }
}

/** Empties the lock file and gives the lock back. */
export function clearHolder(fd: number): void {
  try {
    ftruncateSync(fd, 0);
  } finally {
    closeFd(fd);
  }
}

/** The record in the lock file at `path`, or undefined when there is none, or none yet. */
export function readHolder(path: string): LockHolder | undefined {
  const [line = ""] = (readTextIfAny(path) ?? "").split("\n", 1);
  const record = parseJsonObject(line);
  const isWhole = typeof record?.pid === "number" && typeof record.since === "string";
  return isWhole ? (record as unknown as LockHolder) : undefined;
}

/** Field 22 of proc(5)'s stat. The second field is the program's name and may hold spaces. */
function processStart(stat: string): string {
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
}

function readSystemFile(path: string): string {
  try {
    return readFileSync(path).toString("latin1");
  } catch {
    return ""; // Not Linux, or /proc is not mounted.
  }
}
