import { closeFd, openForRead } from "../fs/at.ts";
import { IoBuffer, readFully } from "../fs/file-io.ts";
import { AT_FDCWD } from "../fs/libc.ts";
import { fromText } from "../model/raw-path.ts";
import { type AuditProblem, type AuditWork, takeFile } from "./audit-work.ts";
import type { LooseFile } from "./loose-files.ts";

const PIECE_BYTES = 256 << 10;
/** So many pieces between two looks around. */
const PIECES = 16;
const MIB = 1 << 20;

/** Takes file after file, until none are left, and hashes it. */
export function* auditFiles(work: AuditWork, problems: AuditProblem[]): Generator<void> {
  for (let file = takeFile(work); file !== undefined; file = takeFile(work))
    if (!(yield* isIntact(work.files[file] as LooseFile, work))) problems.push({ file });
}

function* isIntact({ id, path }: LooseFile, { progress }: AuditWork): Generator<void, boolean> {
  const buffer = new IoBuffer(PIECE_BYTES);
  const hasher = new Bun.CryptoHasher("sha256");
  const name = fromText(path);
  const fd = openForRead(AT_FDCWD, name);
  try {
    for (let count = 1, got = 1; got > 0; count++) {
      got = readFully(fd, { buffer }, name);
      hasher.update(buffer.bytes.subarray(0, got));
      if (count % PIECES !== 0) continue;
      Atomics.add(new Int32Array(progress), 2, (PIECES * PIECE_BYTES) / MIB);
      yield;
    }
  } finally {
    closeFd(fd);
  }
  Atomics.add(new Int32Array(progress), 1, 1);
  return hasher.digest("hex") === id;
}
