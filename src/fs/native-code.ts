import { dlopen, type FFIFunction, FFIType, ptr } from "bun:ffi";
import { closeFd } from "./at.ts";
import { writeSync } from "./files.ts";
import { loadCalls } from "./libc.ts";

/** See tools/build-constants.d.ts; a program that nobody built has none. */
declare const JVS_NATIVE: string | undefined;

const { i32, u32, u64, ptr: pointer } = FFIType;
/** linux/memfd.h */
const MFD_CLOEXEC = 1;

const SYMBOLS: Readonly<Record<string, FFIFunction>> = {
  compare_start: { args: [pointer, i32, pointer, pointer], returns: pointer },
  compare_some: { args: [pointer, u64], returns: i32 },
  compare_end: { args: [pointer], returns: FFIType.void },
  sync_files: { args: [pointer, pointer, i32], returns: FFIType.void },
};

/** What src/tree/compare-rows.c and src/fs/sync-files.c offer; see there. */
export interface NativeCode {
  compare_start(table: number, root: number, marks: number, way: number): number | null;
  compare_some(walker: number, rows: number): number;
  compare_end(walker: number): void;
  sync_files(fds: number, errors: number, count: number): void;
}

interface MemoryFiles {
  memfd_create(name: number, flags: number): number;
}

let loaded: NativeCode | false | undefined;

/** The compiled code in this binary; undefined where there is none for this system, or it may not be run here. */
export function loadNative(): NativeCode | undefined {
  loaded ??= load() ?? false;
  return loaded || undefined;
}

/** From memory: nothing is written anywhere, and nobody can put another library in its place. */
function load(): NativeCode | undefined {
  if (typeof JVS_NATIVE === "undefined" || JVS_NATIVE === "") return undefined;
  const { memfd_create } = loadCalls<MemoryFiles>({
    memfd_create: { args: [pointer, u32], returns: i32 },
  });
  const fd = memfd_create(ptr(Buffer.from("jvs\0")), MFD_CLOEXEC);
  if (fd < 0) return undefined;
  try {
    writeSync(fd, Buffer.from(JVS_NATIVE, "base64"));
    return dlopen(`/proc/self/fd/${fd}`, SYMBOLS).symbols as unknown as NativeCode;
  } catch {
    return undefined; // A kernel that lets nothing be run from memory: all goes without, only slower.
  } finally {
    closeFd(fd);
  }
}
