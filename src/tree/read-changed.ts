import { closeFd, openForRead, readLink, statFd } from "../fs/at.ts";
import { hasHole, IoBuffer, readFully, rewind } from "../fs/file-io.ts";
import { FolderCursor } from "../fs/folder-cursor.ts";
import { S_IFMT, S_IFREG, StatBuffer } from "../fs/stat-buffer.ts";
import { mayHaveXattrs, readXattrs } from "../fs/xattrs.ts";
import type { ObjectId } from "../model/entry.ts";
import { JvsError, systemCodeOf } from "../model/errors.ts";
import type { Progress } from "../model/progress.ts";
import { type RawPath, toText } from "../model/raw-path.ts";
import { type ContentSink, hashBytes, SMALL_BYTES } from "./content-sink.ts";
import { encodeXattrs } from "./encode-xattrs.ts";
import { lossOf } from "./loss-of.ts";
import type { Scan } from "./scan-result.ts";
import { FLAG, KIND, type ScanTable } from "./scan-table.ts";

export interface ReadOptions {
  /** The open workspace folder. */
  readonly root: number;
  readonly sink: ContentSink;
  /** Whether `sink` keeps what it is given. */
  readonly stores: boolean;
  /** Keep a file that will not hold still, and list it as a loss, instead of failing. */
  readonly allowUnstable: boolean;
  /** Seconds since 1970; as in ScanOptions. */
  readonly trustBefore: number;
  readonly progress: Progress;
}

/** How often a file that changes while it is read is read again. */
const TRIES = 3;
const EMPTY: ObjectId = hashBytes(new Uint8Array(0));

/**
 * Reads `rows` (ascending, so that each folder is opened once), hands their content to the sink and
 * writes the names into the table.
 *
 * @throws E_FILE_CHANGING for a file that changed during each of three readings; SystemError;
 *   E_INTERRUPTED
 */
export async function readChanged(
  scan: Scan,
  rows: readonly number[],
  options: ReadOptions,
): Promise<void> {
  using reader = new RowReader(scan, options);
  let bytes = 0;
  for (let index = 0; index < rows.length; index++) {
    const row = rows[index] as number;
    await reader.read(row);
    bytes += scan.table.size[row] as number;
    if (index % 64 !== 0) continue;
    options.progress.report({
      phase: options.stores ? "storing" : "comparing",
      done: index,
      total: rows.length,
      bytes,
    });
    await options.progress.breathe();
  }
}

class RowReader implements Disposable {
  private readonly table: ScanTable;
  private readonly scan: Scan;
  private readonly options: ReadOptions;
  private readonly cursor: FolderCursor;
  /** One byte more than a small file has, to see it grow. */
  private readonly buffer = new IoBuffer(SMALL_BYTES + 1);
  private readonly stat = new StatBuffer();

  constructor(scan: Scan, options: ReadOptions) {
    this.scan = scan;
    this.table = scan.table;
    this.options = options;
    this.cursor = new FolderCursor(options.root);
  }

  [Symbol.dispose](): void {
    this.cursor[Symbol.dispose]();
  }

  async read(row: number): Promise<void> {
    const { table } = this;
    const name = table.nameOf(row);
    try {
      const at = this.openParent(row);
      if (table.kind[row] === KIND.file) await this.readFile(row, at, name);
      else this.readOther(row, at, name);
    } catch (error) {
      this.absorb(row, error);
    }
  }

  private lastFolder = -1;
  private lastFd = -1;

  private openParent(row: number): number {
    const folder = this.table.parent[row] as number;
    if (folder === this.lastFolder) return this.lastFd;
    this.lastFolder = -1;
    this.lastFd = this.cursor.open(this.table.pathOf(folder));
    this.lastFolder = folder;
    return this.lastFd;
  }

  private readOther(row: number, at: number, name: RawPath): void {
    const { table, options } = this;
    if (table.kind[row] === KIND.link) {
      const target = readLink(at, name);
      table.size[row] = target.length;
      table.setId(row, options.sink.put(target));
    } else if (table.kind[row] === KIND.fifo) {
      table.setId(row, EMPTY);
    }
    this.readAttributes(row, at, name);
    if (table.kind[row] !== KIND.folder) this.mark(row);
  }

  private async readFile(row: number, at: number, name: RawPath): Promise<void> {
    const fd = openForRead(at, name);
    try {
      for (let attempt = 1; !(await this.readOnce(row, fd, name)); attempt++) {
        if (attempt < TRIES) continue;
        if (!this.options.allowUnstable) throw changing(this.table.pathOf(row));
        this.scan.losses.push(lossOf(this.table.pathOf(row), "unstable"));
        break;
      }
      if (mayHaveXattrs(fd)) this.readAttributes(row, at, name);
      else this.table.xattrs.delete(row);
      this.mark(row);
    } finally {
      closeFd(fd);
    }
  }

  /** Reads the whole file; true when it had not changed at the end. The row then tells its latest state. */
  private async readOnce(row: number, fd: number, name: RawPath): Promise<boolean> {
    const { table, stat } = this;
    const size = table.size[row] as number;
    const id = size <= SMALL_BYTES ? this.takeSmall(row, fd, name) : await this.takeLarge(fd, name);
    statFd(fd, stat);
    if ((stat.mode & S_IFMT) !== S_IFREG) throw changing(table.pathOf(row));
    const steady = table.matches(row, stat) && id !== undefined;
    table.setStat(row, stat);
    if (id !== undefined) {
      table.setId(row, id);
      if (stat.blocks * 512 < stat.size && hasHole(fd, stat.size)) table.setFlag(row, FLAG.sparse);
      else table.clearFlag(row, FLAG.sparse);
    }
    if (!steady) rewind(fd);
    return steady;
  }

  /** Undefined when there is more or less than the size told. */
  private takeSmall(row: number, fd: number, name: RawPath): ObjectId | undefined {
    const size = this.table.size[row] as number;
    const got = readFully(fd, { buffer: this.buffer, limit: Math.max(size, 1) }, name);
    if (got !== size) return undefined;
    return this.options.sink.put(this.buffer.bytes.subarray(0, size));
  }

  private async takeLarge(fd: number, name: RawPath): Promise<ObjectId> {
    const file = this.options.sink.beginFile();
    try {
      for (;;) {
        const got = readFully(fd, { buffer: this.buffer, limit: SMALL_BYTES }, name);
        if (got === 0) return file.finish();
        file.update(this.buffer.bytes.subarray(0, got));
        await this.options.progress.breathe();
      }
    } catch (error) {
      file.abandon();
      throw error;
    }
  }

  private readAttributes(row: number, at: number, name: RawPath): void {
    const attributes = readXattrs(at, name);
    const before = this.table.xattrs.get(row);
    const id =
      attributes.length === 0 ? undefined : this.options.sink.put(encodeXattrs(attributes));
    if (id === undefined) this.table.xattrs.delete(row);
    else this.table.xattrs.set(row, id);
    if (id !== before) this.table.setFlag(this.table.parent[row] as number, FLAG.dirty);
  }

  private mark(row: number): void {
    const { table } = this;
    table.setFlag(row, FLAG.hashed);
    if (this.options.stores) table.setFlag(row, FLAG.stored);
    else table.clearFlag(row, FLAG.stored);
    const changedAt = (table.ctimeSeconds[row] as number) + (table.ctimeNanos[row] as number) / 1e9;
    if (changedAt >= this.options.trustBefore) table.setFlag(row, FLAG.racy);
  }

  /** What went away is no part of the tree any more; what may not be read is a loss. */
  private absorb(row: number, error: unknown): void {
    const code = systemCodeOf(error);
    if (code === "EACCES" || code === "EPERM") {
      this.table.kind[row] = KIND.lost;
      this.scan.losses.push(lossOf(this.table.pathOf(row), "unreadable"));
    } else if (code === "ENOENT" || code === "ENOTDIR" || code === "ELOOP" || code === "ENXIO") {
      this.table.kind[row] = KIND.gone;
    } else throw withPath(error, this.table.pathOf(row));
  }
}

/** The system names only the last part of the path; users need all of it. */
function withPath(error: unknown, path: RawPath): unknown {
  if (error instanceof Error && error.name === "SystemError")
    Object.assign(error, { path: toText(path) });
  return error;
}

function changing(path: RawPath): JvsError {
  return new JvsError(`Cannot snapshot "${toText(path)}": it kept changing while it was read`, {
    code: "E_FILE_CHANGING",
    hint: "Stop what writes to it and run the command again, or keep it as it is with --allow-unstable",
    details: { path: toText(path) },
  });
}
