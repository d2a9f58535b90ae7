import { join } from "node:path";
import type { ObjectId } from "../model/entry.ts";
import { systemCodeOf } from "../model/errors.ts";
import type { Progress } from "../model/progress.ts";
import { type AuditProblem, type AuditWork, countObjects } from "./audit-work.ts";
import { addChunks, isCopyWhole, listBrokenFiles } from "./chunk-audit.ts";
import { IdKey, idAt } from "./id-key.ts";
import type { IdSet } from "./id-set.ts";
import { type LooseFile, LooseFiles } from "./loose-files.ts";
import type { ObjectDamage } from "./object-damage.ts";
import { decodeRow, ROW_SIZE } from "./pack-format.ts";
import { PackSet } from "./pack-set.ts";
import { planAudit } from "./plan-audit.ts";
import { runAudit } from "./run-audit.ts";

export interface AuditRequest {
  /** What must be there and intact; the chunks of large files are added to it. */
  readonly wanted: IdSet;
  /** Also read what is in the packs and not wanted. */
  readonly everything: boolean;
  readonly progress: Progress;
}

export interface ObjectAudit {
  readonly damages: readonly ObjectDamage[];
  /** How many objects were hashed. */
  readonly objects: number;
  /** How many bytes were read for that. */
  readonly bytes: number;
}

/** Packs may be brought together by another process meanwhile. */
const MOST_TRIES = 5;

/**
 * Reads and hashes every wanted object, once. A large file is proven by its chunks and by the
 * checksum of its list of chunks.
 *
 * @throws E_INTERRUPTED, or the system's error for what cannot be read at all
 */
export async function auditObjects(folder: string, request: AuditRequest): Promise<ObjectAudit> {
  for (let tries = 1; ; tries++) {
    try {
      return await auditOnce(folder, request);
    } catch (error) {
      if (tries >= MOST_TRIES || systemCodeOf(error) !== "ENOENT") throw error;
    }
  }
}

async function auditOnce(
  folder: string,
  { wanted, everything, progress }: AuditRequest,
): Promise<ObjectAudit> {
  const packs = new PackSet(join(folder, "packs"), { savesIndexes: false });
  try {
    const loose = new LooseFiles(join(folder, "files"));
    addChunks(packs, loose, wanted);
    const content = { packs: packs.packs(), files: loose.list() };
    const planned = planAudit(content, everything ? undefined : wanted);
    const problems = await runAudit(planned, progress);
    const judge = new Judge(packs, planned.work, wanted);
    const damages = judge.damages(problems);
    return {
      damages: [...damages, ...listBrokenFiles(packs, wanted, damages)],
      objects: countObjects(planned.work),
      bytes: planned.bytes,
    };
  } finally {
    packs.close();
  }
}

/** Tells what the problems mean for objects, of which there may be several copies. */
class Judge {
  readonly #packs: PackSet;
  readonly #work: AuditWork;
  readonly #wanted: IdSet;
  readonly #key: IdKey = new IdKey();
  /** The intact copies among the files. */
  readonly #intactFiles: Set<ObjectId>;

  constructor(packs: PackSet, work: AuditWork, wanted: IdSet) {
    this.#packs = packs;
    this.#work = work;
    this.#wanted = wanted;
    this.#intactFiles = new Set(work.files.map(({ id }) => id));
  }

  damages(problems: readonly AuditProblem[]): ObjectDamage[] {
    const files = problems.flatMap((problem) =>
      "file" in problem ? [this.#work.files[problem.file] as LooseFile] : [],
    );
    for (const { id } of files) this.#intactFiles.delete(id);
    const found = problems.flatMap((problem) =>
      "file" in problem ? [] : [{ ...problem, ...this.#placeOf(problem.row) }],
    );
    const bad = new Set(
      found.filter(({ kind }) => kind === "content").map(({ id, file }) => `${file} ${id}`),
    );
    const inPacks = found.map(({ id, file, why, size, kind }) => ({
      id,
      why,
      part: kind,
      file,
      size,
      readable: (kind === "header" && !bad.has(`${file} ${id}`)) || this.#hasIntactCopy(id, bad),
    }));
    const besides = files.map(({ id, path, size }) => ({
      id,
      why: NOT_ITS_NAME,
      part: "content" as const,
      file: path,
      size,
      readable: this.#hasIntactCopy(id, bad),
    }));
    return [...inPacks, ...besides, ...this.#missing()];
  }

  #placeOf(row: number): { id: ObjectId; file: string; size: number } {
    const { rows } = this.#work;
    const memory = new Uint8Array(rows, row * ROW_SIZE, ROW_SIZE);
    const view = new DataView(rows, row * ROW_SIZE, ROW_SIZE);
    const { rawSize: size } = decodeRow({ bytes: memory, view }, 0);
    return { id: idAt(memory, 0), file: packOfRow(this.#work, row), size };
  }

  #hasIntactCopy(id: ObjectId, bad: ReadonlySet<string>): boolean {
    this.#key.set(id);
    for (const copy of this.#packs.copies(this.#key))
      if (!bad.has(`${copy.pack.path} ${id}`) && isCopyWhole(this.#packs, copy)) return true;
    return this.#intactFiles.has(id);
  }

  /** What neither a pack holds nor a file of its own. */
  *#missing(): Generator<ObjectDamage> {
    const held = new Uint8Array(this.#wanted.count);
    const hold = (): void => {
      const number = this.#wanted.numberOf(this.#key);
      if (number >= 0) held[number] = 1;
    };
    for (const { id } of this.#work.files) if (this.#key.set(id)) hold();
    for (const pack of this.#packs.packs()) {
      const index = pack.wholeIndex();
      for (const start of index.starts()) {
        this.#key.setBytes(index.rows.bytes, start);
        hold();
      }
      pack.forgetIndex();
    }
    for (let number = 0; number < held.length; number++)
      if (held[number] === 0)
        yield { id: this.#wanted.idOf(number), why: MISSING, part: "content", readable: false };
  }
}

const NOT_ITS_NAME = "its content does not have the SHA-256 it is named by";
const MISSING = "it is not in the store";

function packOfRow({ packs, parts }: AuditWork, row: number): string {
  const numbers = new Uint32Array(parts);
  for (let at = 0; at < numbers.length; at += 3)
    if (row < (numbers[at + 2] as number)) return packs[numbers[at] as number] as string;
  return "";
}
