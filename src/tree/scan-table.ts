import { ptr } from "bun:ffi";
import type { StatBuffer } from "../fs/stat-buffer.ts";
import type { ObjectId } from "../model/entry.ts";
import { collectGarbage } from "../model/garbage.ts";
import type { RawPath } from "../model/raw-path.ts";
import { COLUMNS, type ColumnName, makeMemory, type NumberColumn } from "./columns.ts";
import type { FrozenToken, Totals, WatchToken } from "./table-facts.ts";

/** What a row is, as a character code: the four kinds that a tree keeps, and three it does not. */
export const KIND = {
  file: 102, // f
  folder: 100, // d
  link: 108, // l
  fifo: 112, // p
  /** A socket, a device, or something unreadable: a loss. */
  lost: 115, // s
  ignored: 105, // i
  /** It went away while we looked. */
  gone: 120, // x
} as const;

export const FLAG = {
  /** `ids` holds the name of the content. */
  hashed: 1,
  /** ... and that content is in the store. */
  stored: 2,
  /** Its times, too young, cannot prove that it is the same; a folder's, that it has the same names. */
  racy: 4,
  sparse: 8,
  /** Several names share its inode. */
  linked: 16,
  /** A folder that must be encoded again: something in it changed. */
  dirty: 32,
  /** A folder that something else is mounted on; its content is not ours. */
  mount: 64,
  /** It changed during every reading: what was read is not what is there. */
  unstable: 128,
} as const;

/** Stands for "no row". */
export const NO_ROW = -1;

const LEAST_NAMES = 4096;

/** Bytes of a SHA-256. */
export const ID_BYTES = 32;

/**
 * A folder tree as columns: one row a name, row 0 the root. The children of a folder stand together,
 * in the order in which the kernel lists them; names stand in the order of the rows. Columns instead
 * of objects, because ten million objects would neither load nor fit.
 */
export class ScanTable {
  count = 0;
  capacity = 0;
  /** The generation of the store that the `stored` flags speak of; see recheck-stored.ts. */
  generation = 0;
  size!: Float64Array;
  mtimeSeconds!: Float64Array;
  ctimeSeconds!: Float64Array;
  mtimeNanos!: Uint32Array;
  ctimeNanos!: Uint32Array;
  inoLow!: Uint32Array;
  inoHigh!: Uint32Array;
  uid!: Uint32Array;
  gid!: Uint32Array;
  parent!: Uint32Array;
  firstChild!: Uint32Array;
  childCount!: Uint32Array;
  /** How many children the folder's tree keeps. */
  keptCount!: Uint32Array;
  /** Where the name begins in `names`; each ends with a zero byte. */
  nameStart!: Uint32Array;
  mode!: Uint16Array;
  kind!: Uint8Array;
  flags!: Uint8Array;
  ids: Buffer = Buffer.alloc(0);
  /** The same memory as `ids`, eight words a row: copied many times faster than bytes. */
  idWords: Uint32Array = new Uint32Array(0);
  names: Buffer = Buffer.alloc(0);
  namesUsed = 0;
  namesAddress = 0;
  /** The file that the table was read from, for other threads. */
  file: SharedArrayBuffer | undefined;
  /** The file that the columns are mapped from, privately; see mapIndex. */
  mappedFd: number | undefined;
  readonly totals: Totals = { entries: 0, ignored: 0, dead: 0 };
  /** Of the file that it was read from. */
  checksum = 0n;
  /** Since when a watcher can tell what changed. */
  token: WatchToken | undefined;
  /** Since when the file system can tell what changed, whether there is a watcher or not. */
  frozen: FrozenToken | undefined;
  /** Of a table from a file: the rows that have to be looked at whatever a watcher says. */
  unsettled: Uint32Array = new Uint32Array(0);
  /** How many of those, at the end, are files of which all is known, and the content is not stored. */
  unstored = 0;
  /** The attributes of the few rows that have any. */
  readonly xattrs: Map<number, ObjectId> = new Map();

  /** An empty table with room for `rows` rows and `nameBytes` bytes of names. */
  static withRoom(rows: number, nameBytes: number): ScanTable {
    const table = new ScanTable();
    table.growRows(Math.max(rows, 64));
    table.growNames(nameBytes);
    return table;
  }

  /** Adds a row for a name of `length` bytes at `from`; the name is copied. */
  addRow(parent: number, from: Uint8Array, at: { start: number; length: number }): number {
    this.ensureRoom(1, at.length + 1);
    const row = this.count++;
    this.parent[row] = parent;
    this.nameStart[row] = this.namesUsed;
    const { names } = this;
    let to = this.namesUsed;
    for (let index = at.start, end = at.start + at.length; index < end; index++)
      names[to++] = from[index] as number;
    names[to++] = 0;
    this.namesUsed = to;
    return row;
  }

  setStat(row: number, stat: StatBuffer): void {
    this.size[row] = stat.size;
    this.mtimeSeconds[row] = stat.mtimeSeconds;
    this.mtimeNanos[row] = stat.mtimeNanos;
    this.ctimeSeconds[row] = stat.ctimeSeconds;
    this.ctimeNanos[row] = stat.ctimeNanos;
    this.inoLow[row] = stat.inoLow;
    this.inoHigh[row] = stat.inoHigh;
    this.uid[row] = stat.uid;
    this.gid[row] = stat.gid;
    this.mode[row] = stat.mode & 0o7777;
  }

  /** Whether the file has not been touched since `row` was written, as far as the kernel can tell. */
  matches(row: number, stat: StatBuffer): boolean {
    return (
      this.ctimeNanos[row] === stat.ctimeNanos &&
      this.mtimeNanos[row] === stat.mtimeNanos &&
      this.inoLow[row] === stat.inoLow &&
      this.size[row] === stat.size &&
      this.ctimeSeconds[row] === stat.ctimeSeconds &&
      this.mtimeSeconds[row] === stat.mtimeSeconds &&
      this.inoHigh[row] === stat.inoHigh &&
      this.mode[row] === (stat.mode & 0o7777) &&
      this.uid[row] === stat.uid &&
      this.gid[row] === stat.gid
    );
  }

  /** As {@link matches}, but renaming (which changes ctime) is no edit. */
  isSameFile(row: number, stat: StatBuffer): boolean {
    return (
      this.inoLow[row] === stat.inoLow &&
      this.inoHigh[row] === stat.inoHigh &&
      this.size[row] === stat.size &&
      this.mtimeSeconds[row] === stat.mtimeSeconds &&
      this.mtimeNanos[row] === stat.mtimeNanos &&
      this.mode[row] === (stat.mode & 0o7777)
    );
  }

  nameOf(row: number): RawPath {
    const start = this.nameStart[row] as number;
    return this.names.latin1Slice(start, this.nameEnd(row)) as RawPath;
  }

  /** Where the zero byte behind the name stands. */
  nameEnd(row: number): number {
    const next = row + 1 < this.count ? (this.nameStart[row + 1] as number) : this.namesUsed;
    return next - 1;
  }

  /** From the root, "" for the root itself. */
  pathOf(row: number): RawPath {
    const parts: string[] = [];
    for (let at = row; at !== 0; at = this.parent[at] as number) parts.push(this.nameOf(at));
    return parts.reverse().join("/") as RawPath;
  }

  idOf(row: number): ObjectId {
    return this.ids.hexSlice(row * ID_BYTES, (row + 1) * ID_BYTES) as ObjectId;
  }

  setId(row: number, id: ObjectId): void {
    this.ids.write(id, row * ID_BYTES, "hex");
  }

  setColumn(name: ColumnName, column: NumberColumn): void {
    (this as unknown as Record<ColumnName, NumberColumn>)[name] = column;
  }

  useNames(names: Buffer): void {
    this.names = names;
    this.namesAddress = names.length === 0 ? 0 : ptr(names);
  }

  useIds(ids: Buffer): void {
    this.ids = ids;
    this.idWords = new Uint32Array(ids.buffer, ids.byteOffset, ids.length / 4);
  }

  /**
   * What the kernel listed in a folder, as a fingerprint (0: unknown). Folders have no mtime of
   * their own in a tree, so it stands in that column.
   */
  listingOf(folder: number): number {
    return this.mtimeSeconds[folder] as number;
  }

  setListing(folder: number, fingerprint: number): void {
    this.mtimeSeconds[folder] = fingerprint;
  }

  /** Empties a copied row, but for its name. */
  forget(row: number): void {
    this.flags[row] = 0;
    this.xattrs.delete(row);
  }

  sameOwnerAndMode(row: number, old: ScanTable, from: number): boolean {
    return (
      this.mode[row] === old.mode[from] &&
      this.uid[row] === old.uid[from] &&
      this.gid[row] === old.gid[from]
    );
  }

  /** Takes over what `old` knows about the content of its row. */
  copyContent(row: number, old: ScanTable, from: number): void {
    const { idWords } = this;
    for (let word = 0; word < 8; word++)
      idWords[row * 8 + word] = old.idWords[from * 8 + word] as number;
    this.setFlag(row, (old.flags[from] as number) & (FLAG.hashed | FLAG.stored | FLAG.sparse));
    const xattrs = old.xattrs.size === 0 ? undefined : old.xattrs.get(from);
    if (xattrs !== undefined) this.xattrs.set(row, xattrs);
  }

  /** Whether the two rows have the same name. */
  sameName(row: number, old: ScanTable, from: number): boolean {
    let at = this.nameStart[row] as number;
    const end = this.nameEnd(row);
    let other = old.nameStart[from] as number;
    if (end - at !== old.nameEnd(from) - other) return false;
    while (at < end) if (this.names[at++] !== old.names[other++]) return false;
    return true;
  }

  has(row: number, flag: number): boolean {
    return ((this.flags[row] as number) & flag) !== 0;
  }

  setFlag(row: number, flag: number): void {
    this.flags[row] = (this.flags[row] as number) | flag;
  }

  clearFlag(row: number, flag: number): void {
    this.flags[row] = (this.flags[row] as number) & ~flag;
  }

  isFolder(row: number): boolean {
    return this.kind[row] === KIND.folder;
  }

  /** Whether a tree keeps this row. */
  isKept(row: number): boolean {
    const kind = this.kind[row] as number;
    return kind === KIND.file || kind === KIND.folder || kind === KIND.link || kind === KIND.fifo;
  }

  /** Makes room for as many rows and bytes of names behind the last ones. */
  ensureRoom(rows: number, nameBytes: number): void {
    if (this.count + rows > this.capacity)
      this.growRows(Math.max(this.count + rows, this.capacity * 2));
    if (this.namesUsed + nameBytes > this.names.length)
      this.growNames(Math.max(this.namesUsed + nameBytes, this.names.length * 2));
  }

  private growRows(capacity: number): void {
    for (const [name, Type] of COLUMNS) {
      const wider = new Type(makeMemory(capacity, Type.BYTES_PER_ELEMENT), 0, capacity);
      if (this.capacity > 0) wider.set(this[name]);
      this.setColumn(name, wider);
    }
    const ids = Buffer.from(makeMemory(capacity, ID_BYTES));
    ids.set(this.ids);
    this.useIds(ids);
    collectGarbage(this.capacity);
    this.capacity = capacity;
  }

  private growNames(size: number): void {
    // A small block is moved by the engine when it is first shared, and its address with it.
    const wider = Buffer.from(makeMemory(Math.max(size, LEAST_NAMES), 1));
    wider.set(this.names.subarray(0, this.namesUsed));
    this.useNames(wider);
  }
}
