import { closeFd, openForRead, readLink, statFd } from "../fs/at.ts";
import { hasHole, readFully, rewind } from "../fs/file-io.ts";
import { FolderCursor } from "../fs/folder-cursor.ts";
import { FreshNames } from "../fs/fresh-names.ts";
import { GrowingBuffer } from "../fs/growing-buffer.ts";
import type { OpenedFile } from "../fs/opened-file.ts";
import { S_IFMT, S_IFREG, StatBuffer } from "../fs/stat-buffer.ts";
import { mayHaveXattrs, readXattrs, type Xattr } from "../fs/xattrs.ts";
import type { ObjectId } from "../model/entry.ts";
import { systemCodeOf } from "../model/errors.ts";
import { Garbage } from "../model/garbage.ts";
import type { RawPath } from "../model/raw-path.ts";
import { changedBefore } from "./changed-before.ts";
import { type ContentSink, hashBytes, SMALL_BYTES } from "./content-sink.ts";
import { encodeXattrs } from "./encode-xattrs.ts";
import { lossOf } from "./loss-of.ts";
import { changing, withPath } from "./read-errors.ts";
import { LargeFileReader, type LargeFileState } from "./read-large-file.ts";
import type { ReadLog, ReadOptions } from "./read-options.ts";
import type { TakenContent } from "./read-pieces.ts";
import { FLAG, KIND, type ScanTable } from "./scan-table.ts";

const TRIES = 3;
/** What the kernel says of a name that went away, or became something else. */
const GONE: ReadonlySet<string> = new Set(["ENOENT", "EINVAL", "ENOTDIR", "ELOOP", "ENXIO"]);
const EMPTY: ObjectId = hashBytes(new Uint8Array(0));

/**
 * Reads `rows` (ascending, so that each folder is opened once), hands their content to the sink and
 * writes the names into the table.
 *
 * @throws E_FILE_CHANGING for a file that changed during each of three readings; SystemError;
 *   E_INTERRUPTED
 */
export async function readChanged(
  scan: ReadLog,
  rows: Iterable<number>,
  options: ReadOptions,
): Promise<void> {
  using reader = new RowReader(scan, options);
  const garbage = new Garbage();
  let bytes = 0;
  let index = -1;
  for (const row of rows) {
    index++;
    if (options.standIn !== undefined && scan.table.kind[row] === KIND.file)
      reader.noteUnread(row, options.standIn);
    else if (isLargeFile(scan.table, row)) await reader.readLarge(row);
    else reader.readSmall(row);
    bytes += scan.table.size[row] as number;
    garbage.add();
    if (index % 64 !== 0) continue;
    options.progress.report({
      phase: options.stores ? "storing" : "comparing",
      done: index,
      ...(options.total === undefined ? {} : { total: options.total }),
      bytes,
    });
    await options.progress.breathe();
  }
}

/** Folders have a size too, that of all in them, but no content to read. */
function isLargeFile({ kind, size }: ScanTable, row: number): boolean {
  return kind[row] === KIND.file && (size[row] as number) > SMALL_BYTES;
}

class RowReader implements Disposable {
  private readonly table: ScanTable;
  private readonly scan: ReadLog;
  private readonly options: ReadOptions;
  private readonly records: Pick<ContentSink, "put">;
  private readonly cursor: FolderCursor;
  private readonly names: FreshNames;
  private readonly memory = new GrowingBuffer();
  private readonly stat = new StatBuffer();
  private readonly large: LargeFileReader;
  private gotBytes = 0;
  private lastFolder = -1;
  private lastFd = -1;

  constructor(scan: ReadLog, options: ReadOptions) {
    this.scan = scan;
    this.table = scan.table;
    this.options = options;
    this.records = options.records ?? options.sink;
    this.cursor = new FolderCursor(options.root);
    this.names = new FreshNames(options.root);
    this.large = new LargeFileReader(options);
  }

  [Symbol.dispose](): void {
    this.cursor[Symbol.dispose]();
  }

  /** Everything but large files: no promises, there may be a million of them. */
  readSmall(row: number): void {
    try {
      const at = this.openParent(row);
      if (this.table.kind[row] === KIND.file) this.readSmallFile(row, at);
      else this.readOther(row, at, this.table.nameOf(row));
    } catch (error) {
      this.absorb(row, error);
    }
  }

  async readLarge(row: number): Promise<void> {
    try {
      await this.readLargeFile(row, this.openParent(row));
    } catch (error) {
      this.absorb(row, error);
    }
  }

  /** A file whose content is left for later. */
  noteUnread(row: number, standIn: NonNullable<ReadOptions["standIn"]>): void {
    try {
      const name = this.table.nameOf(row);
      const at = this.openParent(row);
      const fd = openForRead(at, name);
      try {
        this.isSteady(row, fd);
        this.settle(row, fd, { id: standIn(this.table.pathOf(row)), size: this.stat.size });
        if (mayHaveXattrs(fd)) this.readAttributes(row, at, name);
        else this.table.xattrs.delete(row);
      } finally {
        closeFd(fd);
      }
    } catch (error) {
      this.absorb(row, error);
    }
  }

  private openParent(row: number): number {
    const folder = this.table.parent[row] as number;
    if (folder !== this.lastFolder) {
      this.lastFolder = -1;
      this.names.leave();
      this.lastFd = this.cursor.open(this.table.pathOf(folder));
      this.lastFolder = folder;
    }
    this.names.beforeOpening(this.lastFd, this.table.childCount[folder] as number);
    return this.lastFd;
  }

  private readOther(row: number, at: number, name: RawPath): void {
    const { table, options } = this;
    if (table.kind[row] === KIND.link) {
      const target = readLink(at, name);
      table.size[row] = target.length;
      table.setId(row, this.records.put(target));
    } else if (table.kind[row] === KIND.fifo) {
      table.setId(row, EMPTY);
    }
    this.readAttributes(row, at, name);
    if (table.kind[row] !== KIND.folder) this.mark(row);
    // "Stored" speaks of its attributes, too.
    else if (!options.stores && options.records === undefined && table.xattrs.has(row))
      table.clearFlag(row, FLAG.stored);
  }

  private readSmallFile(row: number, at: number): void {
    const name = this.table.nameOf(row);
    const fd = openForRead(at, name);
    try {
      for (let attempt = 1; ; attempt++) {
        const bytes = this.readBytes(row, fd, name);
        const isSteady = this.isSteady(row, fd) && bytes !== undefined;
        // Grown beyond what is small meanwhile: what there is of it is stored as it was read.
        const content = bytes ?? this.memory.withRoom(0).bytes.subarray(0, this.gotBytes);
        if (isSteady || this.isLastTry(row, attempt)) {
          this.settle(row, fd, { id: this.options.sink.put(content), size: content.length });
          break;
        }
        rewind(fd);
      }
      if (mayHaveXattrs(fd)) this.readAttributes(row, at, name);
      else this.table.xattrs.delete(row);
    } finally {
      closeFd(fd);
    }
  }

  /** Undefined when there is more or less than the size told. */
  private readBytes(row: number, fd: number, name: RawPath): Uint8Array | undefined {
    const size = Math.min(this.table.size[row] as number, SMALL_BYTES);
    const buffer = this.memory.withRoom(size);
    const got = readFully(fd, { buffer, limit: Math.max(size, 1) }, name);
    this.gotBytes = Math.min(got, SMALL_BYTES);
    return got === this.table.size[row] ? buffer.bytes.subarray(0, got) : undefined;
  }

  private async readLargeFile(row: number, at: number): Promise<void> {
    const name = this.table.nameOf(row);
    const fd = openForRead(at, name);
    const file = { fd, place: { at, name } };
    try {
      for (let attempt = 1; ; attempt++) {
        const taken = await this.large.take(this.inspect(row, file, attempt));
        if (taken !== undefined) {
          this.settle(row, fd, taken);
          break;
        }
        rewind(fd);
      }
      this.readAttributes(row, at, name);
    } finally {
      closeFd(fd);
    }
  }

  /** What has to be known about the file while its content is taken. */
  private inspect(row: number, file: OpenedFile, attempt: number): LargeFileState {
    return {
      ...file,
      size: this.table.size[row] as number,
      before: this.table.idOf(row),
      isSettled: () => this.isOlderThanScan(row),
      isSteady: () => this.isSteady(row, file.fd),
      isLastTry: () => this.isLastTry(row, attempt),
    };
  }

  /** Whether the file is still as the row says; the row then tells its latest state. */
  private isSteady(row: number, fd: number): boolean {
    const { table, stat } = this;
    statFd(fd, stat);
    if ((stat.mode & S_IFMT) !== S_IFREG) throw changing(table.pathOf(row));
    const isSteady = table.matches(row, stat);
    table.setStat(row, stat);
    return isSteady;
  }

  /** @throws E_FILE_CHANGING at the last try, unless such files are to be kept as they are */
  private isLastTry(row: number, attempt: number): boolean {
    if (attempt < TRIES) return false;
    const path = this.table.pathOf(row);
    if (!this.options.allowUnstable) throw changing(path);
    this.scan.losses.push(lossOf(path, "unstable"));
    this.table.setFlag(row, FLAG.racy | FLAG.unstable);
    return true;
  }

  /** Writes down what was taken. */
  private settle(row: number, fd: number, { id, size }: TakenContent): void {
    const { table, stat } = this;
    table.size[row] = size;
    table.setId(row, id);
    if (stat.blocks * 512 < stat.size && hasHole(fd, stat.size)) table.setFlag(row, FLAG.sparse);
    else table.clearFlag(row, FLAG.sparse);
    this.mark(row);
  }

  private readAttributes(row: number, at: number, name: RawPath): void {
    if (this.options.withAttributes === false) return;
    const attributes = this.tryAttributes(row, at, name);
    const before = this.table.xattrs.get(row);
    const id = attributes.length === 0 ? undefined : this.records.put(encodeXattrs(attributes));
    if (id === undefined) this.table.xattrs.delete(row);
    else this.table.xattrs.set(row, id);
    if (id !== before) this.scan.markDirty(this.table.parent[row] as number);
  }

  /** What cannot be read is said, and the file kept without it. */
  private tryAttributes(row: number, at: number, name: RawPath): Xattr[] {
    try {
      return readXattrs(at, name);
    } catch (error) {
      if (!/^(EPERM|EACCES|EIO)$/.test(systemCodeOf(error))) throw error;
      this.scan.losses.push(lossOf(this.table.pathOf(row), "xattr"));
      return [];
    }
  }

  private mark(row: number): void {
    const { table } = this;
    const isRecord = table.kind[row] !== KIND.file && this.options.records !== undefined;
    table.setFlag(row, FLAG.hashed);
    if (this.options.stores || isRecord) table.setFlag(row, FLAG.stored);
    else table.clearFlag(row, FLAG.stored);
    if (!this.isOlderThanScan(row)) table.setFlag(row, FLAG.racy);
  }

  private isOlderThanScan(row: number): boolean {
    return changedBefore(this.table, row, this.options.trustBefore);
  }

  /** What went away is no part of the tree any more; what may not be read is a loss. */
  private absorb(row: number, error: unknown): void {
    const { table, scan } = this;
    const code = systemCodeOf(error);
    const isClosed = code === "EACCES" || code === "EPERM";
    if (!isClosed && !GONE.has(code)) throw withPath(error, table.pathOf(row));
    table.kind[row] = isClosed ? KIND.lost : KIND.gone;
    table.flags[row] = 0;
    scan.discount(row);
    if (isClosed) scan.losses.push(lossOf(table.pathOf(row), "unreadable"));
  }
}
