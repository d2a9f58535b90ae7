import type { Loss, ObjectId } from "../model/entry.ts";
import type { JuiceWay } from "../model/juice-way.ts";
import type { SharedTable } from "../tree/share-table.ts";
import type { ThreadFailure } from "./thread-failure.ts";

/** What a second thread needs to take its share of storing a workspace. */
export interface StoreTask {
  readonly kind: "store";
  readonly table: SharedTable;
  /** Memory of a RowQueue. */
  readonly queue: SharedArrayBuffer;
  /** The open workspace; file descriptors belong to the process, not to a thread. */
  readonly root: number;
  readonly objects: string;
  readonly draft: string;
  /** Whether content is stored; else it gets its name, and only attributes and targets of links are. */
  readonly stores: boolean;
  readonly withAttributes: boolean;
  readonly allowUnstable: boolean;
  readonly trustBefore: number;
  readonly level?: number;
  readonly juiceWay: JuiceWay;
}

/** What it stored may become part of the store now. */
export interface InstallTask {
  readonly kind: "install";
}

/** What the second thread found, besides the content that is now in its pack and in the table. */
export interface StoreShare {
  readonly kind: "stored";
  readonly losses: readonly Loss[];
  readonly xattrs: readonly (readonly [row: number, id: ObjectId])[];
  readonly discounted: readonly number[];
  readonly dirty: readonly number[];
  readonly storedBytes: number;
  readonly hasStored: boolean;
}

export type StoreAnswer = StoreShare | ThreadFailure | { readonly kind: "installed" };
