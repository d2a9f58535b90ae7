import type { Loss, ObjectId } from "../model/entry.ts";
import type { Progress } from "../model/progress.ts";
import type { PackWriter } from "../store/object-store.ts";
import type { PartialScope } from "../tree/partial-tree.ts";
import type { Scan } from "../tree/scan-result.ts";
import type { TreeState } from "../tree/seal-tree.ts";
import type { WorkspaceFolder } from "../tree/workspace-folder.ts";

export type EngineName = "objects";

export type Probe = { readonly usable: true } | { readonly usable: false; readonly why: string };

/** What an engine is given to put at rest. */
export interface CaptureInput {
  readonly workspace: WorkspaceFolder;
  /** The walk of the workspace; capture fills in the names of the content. */
  readonly scan: Scan;
  /** Where the draft's objects go. */
  readonly writer: PackWriter;
  /** The folder of the store, and that of the draft: a second thread opens them for itself. */
  readonly objects: string;
  readonly draft: string;
  /** Keep files that will not hold still, and list them as losses. */
  readonly allowUnstable: boolean;
  readonly trustBefore: number;
  /** Put only some paths at rest, over an older tree. */
  readonly partial?: PartialScope;
  /** How hard to compress, as zstd counts it; undefined for what is usual. */
  readonly level?: number;
  readonly progress: Progress;
}

export interface Captured {
  readonly tree: TreeState;
  readonly losses: readonly Loss[];
  /** What another thread put at rest. */
  readonly second?: SecondPack;
}

/** A pack beside the writer's own. It is synced; it becomes part of the store with the other one. */
export interface SecondPack {
  readonly storedBytes: number;
  /** False when the other thread came too late to store anything. */
  readonly hasPack: boolean;
  install(): Promise<void>;
  /** Ends the thread. May be called at any time, once. */
  stop(): void;
}

/** How the content of a workspace is put at rest. */
export interface Engine {
  readonly name: EngineName;

  /** Whether this engine works between files inside `folder`. Leaves nothing behind. */
  probe(folder: string): Probe;

  /**
   * Puts the content of the scanned tree at rest in the draft.
   * @throws E_FILE_CHANGING, E_INTERRUPTED, SystemError; the draft is then to be thrown away
   */
  capture(input: CaptureInput): Promise<Captured>;
}

/** The bytes of stored content. */
export interface ContentReader {
  read(id: ObjectId): Uint8Array;
  readPieces(id: ObjectId): Iterable<Uint8Array>;
}
