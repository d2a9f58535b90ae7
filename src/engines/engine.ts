import type { Loss, ObjectId } from "../model/entry.ts";
import type { Progress } from "../model/progress.ts";
import type { RawPath } from "../model/raw-path.ts";
import type { PackWriter } from "../store/object-store.ts";
import type { PartialScope } from "../tree/partial-tree.ts";
import type { Scan } from "../tree/scan-result.ts";
import type { TreeState } from "../tree/seal-tree.ts";
import type { FrozenToken } from "../tree/table-facts.ts";
import type { Touched } from "../tree/touched.ts";
import type { FolderView } from "../tree/tree-source.ts";
import type { WorkspaceFolder } from "../tree/workspace-folder.ts";

export type EngineName = "objects" | "copy" | "reflink-copy" | "btrfs-snapshot" | "juicefs-clone";

export type Probe =
  | {
      readonly usable: true;
      /** Why nobody should use it here who did not ask for it. */
      readonly drawback?: string;
    }
  | { readonly usable: false; readonly why: string };

/** Where an engine is to work. */
export interface EnginePlace {
  /** The folder that people work in. */
  readonly workspace: string;
  /** The control folder, where content is put at rest. */
  readonly control: string;
}

/** How much there is to put at rest, for an estimate. */
export interface CaptureLoad {
  /** Names in the tree. */
  readonly entries: number;
  /** Of those right below its root. */
  readonly names: number;
  /** Bytes of small files that are not in the store as they are now. */
  readonly changedBytes: number;
  /** Large files that are not. */
  readonly changedLarge: number;
}

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
  /** Where an engine that keeps folders puts this one; nothing is there. */
  readonly slot: string;
  /** The folder that the same engine kept of the snapshot before, and what it holds. */
  readonly previous?: { readonly path: string; readonly tree: FolderView };
  /** Keep files that will not hold still, and list them as losses. */
  readonly allowUnstable: boolean;
  readonly trustBefore: number;
  /** Names what stands in for the content of changed files, which is read later, from the slot. */
  readonly standIn?: (path: RawPath) => ObjectId;
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
  /** Bytes that were written into the slot. */
  readonly slotBytes?: number;
  /** Whether the scan says what the snapshot holds; it may be remembered then. */
  readonly isIndexExact: boolean;
}

/** What another thread stored. It is synced, and becomes part of the store with the writer's own. */
export interface SecondPack {
  readonly storedBytes: number;
  /** False when the other thread came too late to store anything. */
  readonly hasStored: boolean;
  install(): Promise<void>;
  /** Ends the thread. May be called at any time, once. */
  stop(): void;
}

/** A workspace as it was at one instant, in a folder that nobody writes to. */
export interface Frozen {
  /** What the folder does not hold, as nobody can see in it. */
  readonly losses: readonly Loss[];
  readonly token: FrozenToken;
  /** What changed in the workspace between an earlier moment and this one; undefined: who knows. */
  changedSince(before: FrozenToken): Touched | undefined;
  /** Takes out what rules leave out of snapshots, once it is known; the rest is as it was. */
  leaveOut(paths: readonly RawPath[]): void;
}

/**
 * How the content of a workspace is put at rest. An engine refuses, it never does something else
 * instead: falling back, and saying so, is for {@link chooseEngine}.
 */
export interface Engine {
  readonly name: EngineName;
  /**
   * Whether each snapshot is a folder of its own at `input.slot`, which any program can read, and
   * which nobody writes to: the content of its files is there and in no pack. Otherwise there is none.
   */
  readonly keepsFolders: boolean;
  /**
   * Whether this engine works here, and, where it is known how much there is, is the best for it.
   * Leaves nothing behind; cheap enough for each command.
   */
  probe(place: EnginePlace, load?: CaptureLoad): Probe;
  /**
   * Puts the content of the scanned tree at rest: in the draft, or at `input.slot`, which must not
   * exist.
   *
   * @throws E_ENGINE_UNUSABLE where it finds out only now that it cannot; E_FILE_CHANGING,
   *   E_INTERRUPTED, SystemError (EEXIST for a slot that is there); the draft and the slot are then to
   *   be thrown away
   */
  capture(input: CaptureInput): Promise<Captured>;
  /**
   * Where a folder can be copied at once: makes the folder of the snapshot at `slot`, durable, before
   * anybody has looked at the workspace. What is in it is found out there: inodes and times are the
   * same. Nothing may be mounted in the workspace.
   *
   * @throws SystemError (EEXIST for a slot that is there)
   */
  freeze?(workspace: WorkspaceFolder, slot: string): Frozen;
}
