import { spawnSync } from "node:child_process";
import {
  appendFileSync,
  closeSync,
  fstatSync,
  ftruncateSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Elf, LARGEST_PAGE, PF_R_X, PT_LOAD, PT_NOTE, type Segment } from "./elf.ts";

const SOURCES = ["front.c", "ask-server.c", "print-answer.c", "text.c"].map((file) =>
  join(import.meta.dirname, "../src/front", file),
);

/** No library, nothing to relocate, and one segment that is never written to. */
const FLAGS = [
  ["-std=gnu11", "-O2", "-Wall", "-Wextra", "-s"],
  ["-ffreestanding", "-fno-tree-loop-distribute-patterns", "-fno-stack-protector"],
  ["-fno-asynchronous-unwind-tables", "-fno-pie", "-no-pie", "-static", "-nostdlib"],
  ["-Wl,-e,front_start", "-Wl,--build-id=none", "-Wl,-z,noseparate-code", "-Wl,-z,norelro"],
].flat();

/** Holds the table of segments. */
const HEAD_BYTES = 4096;

export interface FrontOptions {
  /** Such as `cc`; it must be there. */
  readonly compiler: string;
  /** What `--version` prints. */
  readonly version: string;
}

interface Front {
  /** Where it begins. */
  readonly entry: number;
  readonly segment: Segment;
  readonly bytes: Uint8Array;
}

/**
 * Puts the code of src/front before a program: the file gets one more segment, described where its
 * note was (the build id, which its section still names), and begins there.
 *
 * @param path of a program for Linux
 * @throws Error where that is of another kind than expected, or with what the compiler said
 */
export function putFront(path: string, options: FrontOptions): void {
  const fd = openSync(path, "r+");
  try {
    const head = Buffer.alloc(HEAD_BYTES);
    readSync(fd, head, 0, HEAD_BYTES, 0);
    const program = new Elf(head);
    const front = compile(path, program, options);
    const offset = roundUp(fstatSync(fd).size, LARGEST_PAGE);
    ftruncateSync(fd, offset);
    appendFileSync(path, front.bytes);
    const note = program.segments.findIndex(({ type }) => type === PT_NOTE);
    if (note < 0) throw new Error(`${path} has no note to replace`);
    program.setSegment(note, { ...front.segment, offset });
    program.entry = front.entry;
    writeSync(fd, head, 0, HEAD_BYTES, 0);
  } finally {
    closeSync(fd);
  }
}

/** For an address behind all else. */
function compile(path: string, program: Elf, { compiler, version }: FrontOptions): Front {
  const ends = program.segments.map(({ address, memoryBytes }) => address + memoryBytes);
  const address = roundUp(Math.max(...ends), LARGEST_PAGE);
  const folder = mkdtempSync(join(tmpdir(), "jvs-front-"));
  const file = join(folder, "front");
  const given = [
    `-DVERSION="${version}"`,
    `-DPROGRAM=${hex(program.entry)}`,
    `-Wl,-Ttext-segment=${hex(address)},--just-symbols=${path}`,
  ];
  try {
    const { status, stderr } = spawnSync(compiler, [...FLAGS, ...given, "-o", file, ...SOURCES]);
    if (status !== 0) throw new Error(`Cannot compile ${SOURCES.join(", ")}: ${stderr}`);
    return takeApart(readFileSync(file));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function takeApart(bytes: Buffer): Front {
  const { entry, segments } = new Elf(bytes);
  const [segment, ...others] = segments.filter(({ type }) => type === PT_LOAD);
  const isPlain = segment?.flags === PF_R_X && segment.memoryBytes === segment.fileBytes;
  if (segment === undefined || !isPlain || others.length > 0)
    throw new Error("what runs first has variables, or needs a library");
  const { offset, fileBytes } = segment;
  return { entry, segment, bytes: bytes.subarray(offset, offset + fileBytes) };
}

function roundUp(bytes: number, unit: number): number {
  return Math.ceil(bytes / unit) * unit;
}

function hex(number: number): string {
  return `0x${number.toString(16)}`;
}
