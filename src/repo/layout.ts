import { resolve } from "../model/path.ts";
import type { SnapshotId } from "../model/snapshot.ts";
import { STAGING_PREFIX } from "../model/staging-prefix.ts";
import { checkName, checkPlanId } from "./names.ts";

/** Every path in a repository. No other file joins one of these names. */
export interface Layout {
  /** The folder that holds `.jvs`. */
  readonly root: string;
  readonly jvs: string;
  readonly gitignore: string;
  readonly formatVersion: string;
  readonly repoJson: string;
  readonly descriptors: string;
  readonly snapshots: string;
  readonly views: string;
  readonly objects: string;
  readonly packs: string;
  readonly files: string;
  readonly worktrees: string;
  readonly pins: string;
  readonly labels: string;
  readonly audit: string;
  readonly auditLog: string;
  readonly logHead: string;
  readonly gc: string;
  readonly gcPlans: string;
  readonly gcTombstones: string;
  readonly intents: string;
  readonly drafts: string;
  readonly locks: string;
  readonly logLock: string;
  readonly cache: string;
}

/** Every folder below `.jvs` that init makes, each behind the one that holds it; `views` is made on demand. */
export function controlFolders(layout: Layout): string[] {
  const { descriptors, snapshots, objects, packs, files, worktrees, pins, labels } = layout;
  const { audit, gc, gcPlans, gcTombstones, intents, drafts, locks, cache } = layout;
  return [
    ...[descriptors, snapshots, objects, packs, files, worktrees, pins, labels],
    ...[audit, gc, gcPlans, gcTombstones, intents, drafts, locks, cache],
  ];
}

/** The layout of the repository in the folder `root`. Nothing is looked at. */
export function layoutOf(root: string): Layout {
  return layoutIn(root, resolve(root, ".jvs"));
}

/** The same with `.jvs` under another name, as while it is being made. */
export function layoutIn(root: string, jvs: string): Layout {
  return {
    root: resolve(root),
    jvs,
    gitignore: `${jvs}/.gitignore`,
    formatVersion: `${jvs}/format_version`,
    repoJson: `${jvs}/repo.json`,
    descriptors: `${jvs}/descriptors`,
    snapshots: `${jvs}/snapshots`,
    views: `${jvs}/views`,
    objects: `${jvs}/objects`,
    packs: `${jvs}/objects/packs`,
    files: `${jvs}/objects/files`,
    worktrees: `${jvs}/worktrees`,
    pins: `${jvs}/pins`,
    labels: `${jvs}/labels`,
    audit: `${jvs}/audit`,
    auditLog: `${jvs}/audit/audit.jsonl`,
    logHead: `${jvs}/audit/head`,
    gc: `${jvs}/gc`,
    gcPlans: `${jvs}/gc/plans`,
    gcTombstones: `${jvs}/gc/tombstones`,
    intents: `${jvs}/intents`,
    drafts: `${jvs}/drafts`,
    locks: `${jvs}/locks`,
    logLock: `${jvs}/locks/log.lock`,
    cache: `${jvs}/cache`,
  };
}

/** Where `.jvs` is put together before it gets its name. */
export function unfinishedJvsPath(root: string): string {
  return resolve(root, ".jvs.unfinished");
}

/** What the user set for this repository. */
export function settingsPath(layout: Layout): string {
  return `${layout.jvs}/config.yaml`;
}

/** The record of one snapshot. */
export function descriptorPath(layout: Layout, id: SnapshotId): string {
  return `${layout.descriptors}/${id}.json`;
}

/** The same record while its snapshot is being made. */
export function descriptorDraftPath(draftFolder: string): string {
  return `${draftFolder}/descriptor.json`;
}

/**
 * The record of one worktree.
 *
 * @throws E_NAME_INVALID for a name that could lead elsewhere; so do the other functions that take a name.
 */
export function worktreePath(layout: Layout, name: string): string {
  return `${layout.worktrees}/${checkName("worktree", name)}.json`;
}

/** Where a fork is unless another place is asked for, as its record has it. */
export function defaultForkPath(layout: "project" | "in-place", name: string): string {
  return `${layout === "project" ? "" : ".jvs/"}worktrees/${checkName("worktree", name)}`;
}

/** Where a worktree is unless another place was asked for, as its record has it. */
export function usualPath(layout: "project" | "in-place", name: string): string {
  if (name !== "main") return defaultForkPath(layout, name);
  return layout === "project" ? "main" : ".";
}

/** The file in a workspace outside of the repository's folder that says where the repository is. */
export function pointerPath(workspace: string): string {
  return `${workspace}/.jvs`;
}

/** Where the workspace of a worktree is: `path` as its record has it. */
export function workspacePath(layout: Layout, path: string): string {
  return resolve(layout.root, path);
}

/** The stat index of one worktree. */
export function indexPath(layout: Layout, worktree: string): string {
  return `${layout.cache}/index.${checkName("worktree", worktree)}`;
}

/** Where the watcher of the repository listens. */
export function watchSocketPlace(layout: Layout): { folder: string; name: string } {
  return { folder: layout.cache, name: "watch.sock" };
}

/** Held by the server, see serve-desk.ts: there is one. */
export function serverLockPath(layout: Layout): string {
  return `${layout.locks}/serve.lock`;
}

/** What the watcher has to say, for people. */
export function watchLogPath(layout: Layout): string {
  return `${layout.cache}/watch.log`;
}

/** Held by the watcher: there is one. It keeps nobody else from anything. */
export function watchLockPath(layout: Layout): string {
  return `${layout.locks}/watch.lock`;
}

/** The note of what is under way in a worktree. Its name alone says what, should its content be lost. */
export function intentPath(
  layout: Layout,
  { id, kind, worktree }: { readonly id: string; readonly kind: string; readonly worktree: string },
): string {
  return `${layout.intents}/${id}.${kind}.${checkName("worktree", worktree)}.json`;
}

/** The folder of a snapshot, or of anything else, that is being put together for a worktree. */
export function draftPath(layout: Layout, id: string, worktree: string): string {
  return `${layout.drafts}/${id}.${checkName("worktree", worktree)}`;
}

/** The folder in a workspace through which a restore moves names, where the drafts are out of reach. */
export function stagingPath(workspace: string, id: string): string {
  return `${workspace}/${STAGING_PREFIX}${id}`;
}

/** The prefix keeps a worktree called `log` off the lock of the log. */
export function worktreeLockPath(layout: Layout, name: string): string {
  return `${layout.locks}/worktree.${checkName("worktree", name)}.lock`;
}

/** One lock of the whole repository. */
export function repositoryLockPath(layout: Layout, purpose: string): string {
  return `${layout.locks}/repository.${purpose}.lock`;
}

/** The lock of the stored content, see lockStore. */
export function storeLockPath(layout: Layout): string {
  return `${layout.locks}/store.lock`;
}

/** Changes whenever stored content was swept. */
export function generationPath(layout: Layout): string {
  return `${layout.gc}/generation`;
}

/** What says that a snapshot is to be kept, and why. */
export function pinPath(layout: Layout, id: SnapshotId): string {
  return `${layout.pins}/${id}.json`;
}

/**
 * A plan of gc.
 *
 * @throws E_NAME_INVALID for anything but a UUID: what a user types as a plan never becomes a path.
 */
export function gcPlanPath(layout: Layout, planId: string): string {
  return `${layout.gcPlans}/${checkPlanId(planId)}.json`;
}

/** What is known of snapshots that were removed, one line each. */
export function tombstonesPath(layout: Layout): string {
  return `${layout.gcTombstones}/tombstones.jsonl`;
}

/** Which snapshots are automatic, so that nobody has to read every descriptor to find them. */
export function autoListPath(layout: Layout): string {
  return `${layout.cache}/auto-snapshots`;
}

/** How much automatic snapshots left behind that were dropped, see readDroppedBytes. */
export function autoDroppedPath(layout: Layout): string {
  return `${layout.cache}/auto-dropped`;
}

/** Where a tree engine keeps the content of one snapshot. */
export function payloadPath(layout: Layout, id: SnapshotId): string {
  return `${layout.snapshots}/${id}`;
}

/** Ends the name of what says that a snapshot's content is not named yet. */
export const PENDING_SUFFIX = ".pending";

/** Says that the content of the snapshot is not named yet. */
export function pendingMarkPath(layout: Layout, id: SnapshotId): string {
  return `${payloadPath(layout, id)}${PENDING_SUFFIX}`;
}

/** Where the folders of such a snapshot are written anew, under the lock for edits. */
export function sealDraftPath(layout: Layout, id: SnapshotId): string {
  return `${payloadPath(layout, id)}.sealing`;
}

/** What says that a snapshot can be looked into, see repo/views.ts. */
export function viewPath(layout: Layout, id: SnapshotId): string {
  return `${layout.views}/${id}`;
}

/** A part of the operation log that is full. */
export function rotatedLogPath(layout: Layout, firstSeq: number, lastSeq: number): string {
  return `${layout.audit}/audit-${firstSeq}-${lastSeq}.jsonl`;
}
