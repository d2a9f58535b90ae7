import { join } from "node:path";
import type { ObjectId } from "../model/entry.ts";
import { systemCodeOf } from "../model/errors.ts";
import type { Progress } from "../model/progress.ts";
import type { AuditProblem, AuditWork } from "./audit-work.ts";
import { addChunks, listBrokenFiles } from "./chunk-audit.ts";
import { IdKey, idAt } from "./id-key.ts";
import type { IdSet } from "./id-set.ts";
import { auditLoose } from "./loose-audit.ts";
import { LooseFiles } from "./loose-files.ts";
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
  const packs = new PackSet(join(folder, "packs"));
  try {
    addChunks(packs, wanted);
    const planned = planAudit(packs.packs(), everything ? undefined : wanted);
    const problems = await runAudit(planned, progress);
    const judge = new Judge(packs, new LooseFiles(join(folder, "files")), wanted);
    const damages = judge.damages(planned.work, problems);
    return {
      damages: [...damages, ...listBrokenFiles(packs, wanted, damages)],
      objects: planned.work.rows.byteLength / ROW_SIZE,
      bytes: planned.bytes,
    };
  } finally {
    packs.close();
  }
}

/** Tells what the problems mean for objects, of which there may be several copies. */
class Judge {
  readonly #packs: PackSet;
  readonly #loose: LooseFiles;
  readonly #wanted: IdSet;
  readonly #key: IdKey = new IdKey();

  constructor(packs: PackSet, loose: LooseFiles, wanted: IdSet) {
    this.#packs = packs;
    this.#loose = loose;
    this.#wanted = wanted;
  }

  damages(work: AuditWork, problems: readonly AuditProblem[]): ObjectDamage[] {
    const found = problems.map((problem) => ({ ...problem, ...this.#placeOf(work, problem.row) }));
    const bad = new Set(
      found.filter(({ kind }) => kind === "content").map(({ id, file }) => `${file} ${id}`),
    );
    const inPacks = found.map(({ id, file, why, size, kind }) => ({
      id,
      why,
      part: kind,
      file,
      size,
      readable: kind === "header" ? !bad.has(`${file} ${id}`) : this.#hasIntactCopy(id, bad),
    }));
    return [...inPacks, ...this.#outsideOfPacks()];
  }

  #placeOf(work: AuditWork, row: number): { id: ObjectId; file: string; size: number } {
    const memory = new Uint8Array(work.rows, row * ROW_SIZE, ROW_SIZE);
    const view = new DataView(work.rows, row * ROW_SIZE, ROW_SIZE);
    const { rawSize: size } = decodeRow({ bytes: memory, view }, 0);
    return { id: idAt(memory, 0), file: packOfRow(work, row), size };
  }

  #hasIntactCopy(id: ObjectId, bad: ReadonlySet<string>): boolean {
    this.#key.set(id);
    for (const { pack } of this.#packs.copies(this.#key))
      if (!bad.has(`${pack.path} ${id}`)) return true;
    return this.#loose.sizeOf(id) !== undefined;
  }

  /** What no pack holds: it is a file of its own, or missing. */
  *#outsideOfPacks(): Generator<ObjectDamage> {
    const held = new Uint8Array(this.#wanted.count);
    for (const pack of this.#packs.packs()) {
      const index = pack.wholeIndex();
      for (const start of index.starts()) {
        this.#key.setBytes(index.rows.bytes, start);
        const number = this.#wanted.numberOf(this.#key);
        if (number >= 0) held[number] = 1;
      }
    }
    for (let number = 0; number < held.length; number++)
      if (held[number] === 0) yield* auditLoose(this.#loose, this.#wanted.idOf(number));
  }
}

function packOfRow({ packs, parts }: AuditWork, row: number): string {
  const numbers = new Uint32Array(parts);
  for (let at = 0; at < numbers.length; at += 3)
    if (row < (numbers[at + 2] as number)) return packs[numbers[at] as number] as string;
  return "";
}
