import type { Engine } from "../engines/engine.ts";
import type { Loss } from "../model/entry.ts";
import type { RawPath } from "../model/raw-path.ts";
import type { Compression, Descriptor, SnapshotId, SnapshotKind } from "../model/snapshot.ts";
import { sealDescriptor } from "../repo/descriptors.ts";
import { logHead } from "../repo/operation-log.ts";
import type { TreeState } from "../tree/seal-tree.ts";
import type { Context } from "./context.ts";
import type { Workspace } from "./open-workspace.ts";
import { partialFields } from "./partial-paths.ts";

/** What is said about a snapshot when it is asked for. */
export interface SnapshotWords {
  readonly kind: SnapshotKind;
  readonly note: string;
  readonly tags: readonly string[];
  readonly meta: Readonly<Record<string, string>>;
  /** Take only these paths from the workspace; the rest is as in head. */
  readonly only?: readonly RawPath[];
  readonly compression?: Compression;
}

/** One snapshot under way. */
export interface SnapshotWork {
  readonly ctx: Context;
  readonly workspace: Workspace;
  readonly request: SnapshotWords;
  readonly id: SnapshotId;
  readonly engine: Engine;
}

/** What came of putting it at rest. */
export interface Measured {
  readonly losses: readonly Loss[];
  readonly storedBytes: number;
  readonly state: Descriptor["integrity_state"];
}

/** The record of a snapshot whose content is at rest. */
export function describeSnapshot(
  { ctx, workspace: { repo, worktree }, request, id, engine }: SnapshotWork,
  tree: TreeState,
  { losses, storedBytes, state }: Measured,
): Descriptor {
  const { note, tags, meta, kind, compression } = request;
  return sealDescriptor({
    format: 2,
    snapshot_id: id,
    ...(worktree.head_snapshot_id === undefined ? {} : { parent_id: worktree.head_snapshot_id }),
    worktree_name: worktree.name,
    created_at: ctx.now().toISOString(),
    ...(note === "" ? {} : { note }),
    ...(tags.length === 0 ? {} : { tags }),
    ...(Object.keys(meta).length === 0 ? {} : { meta }),
    kind,
    engine: engine.name,
    payload_root_hash: tree.root,
    root_mode: tree.rootMode.toString(8).padStart(4, "0"),
    ...(tree.rootXattrs === undefined ? {} : { root_xattrs: tree.rootXattrs }),
    ...(tree.links === undefined ? {} : { links: tree.links }),
    entries: tree.entries,
    bytes: tree.bytes,
    stored_bytes: storedBytes,
    losses: losses.toSorted(
      (one, other) => Number(one.path > other.path) - Number(one.path < other.path),
    ),
    ...partialFields(request.only),
    ...(compression === undefined ? {} : { compression }),
    audit_head: logHead(repo),
    integrity_state: state,
  });
}
