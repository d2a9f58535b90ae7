import type { SnapshotId } from "../../model/snapshot.ts";

/** Every path in the control folder of version 1. No other file joins one of these names. */
export interface V1Layout {
  /** The folder that holds the control folder, `main` and `worktrees`. */
  readonly root: string;
  readonly jvs: string;
  readonly formatVersion: string;
  readonly repoId: string;
  readonly worktrees: string;
  readonly snapshots: string;
  readonly descriptors: string;
  readonly auditLog: string;
  readonly pins: string;
  readonly config: string;
}

/** @param jvs the control folder, under whatever name */
export function v1LayoutIn(root: string, jvs: string): V1Layout {
  return {
    root,
    jvs,
    formatVersion: `${jvs}/format_version`,
    repoId: `${jvs}/repo_id`,
    worktrees: `${jvs}/worktrees`,
    snapshots: `${jvs}/snapshots`,
    descriptors: `${jvs}/descriptors`,
    auditLog: `${jvs}/audit/audit.jsonl`,
    pins: `${jvs}/pins`,
    config: `${jvs}/config.yaml`,
  };
}

/** The plain copy of a snapshot's content. */
export function v1PayloadPath(layout: V1Layout, id: SnapshotId): string {
  return `${layout.snapshots}/${id}`;
}

/** There when the copy is whole. */
export function v1ReadyPath(layout: V1Layout, id: SnapshotId): string {
  return `${layout.snapshots}/${id}/.READY`;
}

export function v1DescriptorPath(layout: V1Layout, id: SnapshotId): string {
  return `${layout.descriptors}/${id}.json`;
}

export function v1WorktreePath(layout: V1Layout, name: string): string {
  return `${layout.worktrees}/${name}/config.json`;
}

/** Where people work, relative to the root: names are those of folders, so they cannot lead elsewhere. */
export function v1WorkspacePath(name: string): string {
  return name === "main" ? "main" : `worktrees/${name}`;
}

/** The names under which control folders lie side by side in `root` while one takes the other's place. */
export interface UpgradePaths {
  readonly current: string;
  /** The new one while it is made; in the last moment the old one. */
  readonly next: string;
  /** Where the old one is in between, on file systems that cannot exchange two names. */
  readonly parked: string;
  /** The old one in the end. */
  readonly kept: string;
}

export function upgradePaths(root: string): UpgradePaths {
  return {
    current: `${root}/.jvs`,
    next: `${root}/.jvs.upgrade`,
    parked: `${root}/.jvs.upgrade.out`,
    kept: `${root}/.jvs-v1`,
  };
}
