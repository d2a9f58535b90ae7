import { FFIType, ptr } from "bun:ffi";
import { loadCalls } from "./libc.ts";

/** `MADV_DONTNEED` of madvise(2). */
const DONTNEED = 4;
/** Of the kernels that have the largest ones. */
const LARGEST_PAGE = 64 * 1024;

interface Calls {
  madvise(address: number, length: number, advice: number): number;
}

let calls: Calls | undefined;

/**
 * Gives the kernel back what it has read in of a file that is mapped privately: whole pages within
 * `bytes`. What is looked at again comes from the file, as it is then; what was changed is lost.
 */
export function forgetPages(bytes: Uint8Array): void {
  if (bytes.length < LARGEST_PAGE) return;
  const { i32, u64 } = FFIType;
  calls ??= loadCalls<Calls>({ madvise: { args: [u64, u64, i32], returns: i32 } });
  const address = ptr(bytes);
  const first = Math.ceil(address / LARGEST_PAGE) * LARGEST_PAGE;
  const end = Math.floor((address + bytes.length) / LARGEST_PAGE) * LARGEST_PAGE;
  // When it is refused, memory is used, no more.
  if (end > first) calls.madvise(first, end - first, DONTNEED);
}
