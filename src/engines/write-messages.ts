import type { ObjectId } from "../model/entry.ts";
import type { JuiceWay } from "../model/juice-way.ts";
import type { RawPath } from "../model/raw-path.ts";
import type { RestoreIssue } from "../model/reports.ts";
import type { FolderToFill } from "../tree/apply/fill-folders.ts";
import type { Owner } from "../tree/apply/write-context.ts";
import type { SharedTable } from "../tree/share-table.ts";
import type { StoredSlot } from "./slot-files.ts";
import type { ThreadFailure } from "./thread-failure.ts";

/** What a second thread needs to take its share of writing a tree. File descriptors belong to the process. */
export interface WriteTask {
  readonly kind: "write";
  readonly root: number;
  readonly folders: readonly FolderToFill[];
  /** Memory of a FillQueue. */
  readonly queue: SharedArrayBuffer;
  readonly later: ReadonlySet<RawPath>;
  /** As in FillWork. */
  readonly table: SharedTable | undefined;
  readonly objects: string;
  /** The folders of snapshots, whose content is in no pack. */
  readonly slots: readonly StoredSlot[];
  readonly owner: Owner;
  readonly juiceWay: JuiceWay;
  /** A workspace to share blocks with: its open folder, and its index file. */
  readonly origin?: { readonly root: number; readonly index: SharedArrayBuffer };
}

/** Everything on the file system of this open folder is to become durable. */
export interface SyncTask {
  readonly kind: "sync";
  readonly fd: number;
}

/** What is not in the table. */
export interface WriteShare {
  readonly kind: "written";
  readonly issues: readonly RestoreIssue[];
  readonly xattrs: ReadonlyMap<number, ObjectId>;
}

export type WriteAnswer = WriteShare | { readonly kind: "synced" } | ThreadFailure;
