import type { Engine } from "../engines/engine.ts";
import type { UpgradeFault } from "../model/reports.ts";
import type { Descriptor, SnapshotId } from "../model/snapshot.ts";
import type { Repo } from "../repo/repo.ts";
import type { V1Layout } from "../repo/v1/v1-layout.ts";
import type { ObjectStore } from "../store/object-store.ts";
import type { Context } from "./context.ts";

/** An upgrade under way: from the old control folder into the new one. */
export interface Upgrade {
  readonly ctx: Context;
  readonly old: V1Layout;
  readonly repo: Repo;
  readonly store: ObjectStore;
  readonly engine: Engine;
  /** The modes of the workspaces, by worktree. */
  readonly rootModes: ReadonlyMap<string, number>;
  /** By id, parents first. */
  readonly imported: Map<SnapshotId, Descriptor>;
  readonly damaged: UpgradeFault[];
  readonly notes: string[];
}
