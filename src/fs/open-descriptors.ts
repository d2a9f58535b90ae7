import { constants, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { fromBytes, type RawPath } from "../model/raw-path.ts";

/** Something that a process has open (proc(5), fd and fdinfo). */
export interface OpenDescriptor {
  /** What it leads to; empty where it was closed meanwhile. */
  readonly target: RawPath;
  /** By which the kernel lets others look at it. */
  readonly link: string;
  isForWriting(): boolean;
}

/** All processes; none where this is no Linux. */
export function listPids(): number[] {
  return listNumbers("/proc");
}

/** What the process has open; nothing where it has ended, or is not ours to look at. */
export function* descriptorsOf(pid: number): Generator<OpenDescriptor> {
  for (const fd of listNumbers(`/proc/${pid}/fd`)) {
    const link = `/proc/${pid}/fd/${fd}`;
    yield {
      link,
      target: targetOf(link),
      isForWriting: () => isForWriting(`/proc/${pid}/fdinfo/${fd}`),
    };
  }
}

/** What a link in /proc leads to; empty where that is gone, or not ours to look at. */
export function targetOf(link: string): RawPath {
  try {
    return fromBytes(readlinkSync(link, "buffer"));
  } catch {
    return "" as RawPath;
  }
}

/** `flags` are those of open(2), in octal. */
function isForWriting(info: string): boolean {
  const O_ACCMODE = 3;
  try {
    const [, flags = "0"] = /^flags:\s*([0-7]+)/m.exec(readFileSync(info, "utf8")) ?? [];
    return (Number.parseInt(flags, 8) & O_ACCMODE) !== constants.O_RDONLY;
  } catch {
    return false; // Closed meanwhile.
  }
}

function listNumbers(folder: string): number[] {
  try {
    return readdirSync(folder).map(Number).filter(Number.isInteger);
  } catch {
    return [];
  }
}
