import { JvsError } from "../model/errors.ts";
import type { RawPath } from "../model/raw-path.ts";
import type { SnapshotReport } from "../model/reports.ts";
import type { HashSetting } from "../model/settings.ts";
import {
  type Compression,
  type Descriptor,
  type SnapshotKind,
  shortId,
} from "../model/snapshot.ts";
import { isDetached } from "../model/worktree.ts";
import { readDescriptor } from "../repo/descriptors.ts";
import { resolvePaths } from "../tree/path-filter.ts";
import type { Scan } from "../tree/scan-result.ts";
import { KIND } from "../tree/scan-table.ts";
import { captureSnapshot } from "./capture-snapshot.ts";
import type { Context } from "./context.ts";
import type { HashLater } from "./leave-content.ts";
import { lockWorkspace } from "./lock-workspace.ts";
import type { Workspace } from "./open-workspace.ts";
import type { CaptureRequest } from "./publish-capture.ts";
import { sealPending } from "./seal/seal-pending.ts";
import { tidyStore } from "./tidy-store.ts";

export interface TakeSnapshotOptions {
  readonly note: string;
  readonly tags: readonly string[];
  readonly meta: Readonly<Record<string, string>>;
  /** Take none when nothing differs from head. */
  readonly ifChanged: boolean;
  readonly allowUnstable: boolean;
  /** Save these alone; none: everything. */
  readonly paths?: TypedPaths;
  readonly compression?: Compression;
  readonly kind?: SnapshotKind;
  /** Whether what changed is read now or later; as the settings say, where they can be followed. */
  readonly hash?: HashSetting;
}

/** Paths as they were typed: bytes, from the root of the workspace or from the current folder. */
export interface TypedPaths {
  readonly fromRoot: readonly RawPath[];
  readonly fromHere: readonly RawPath[];
}

/**
 * Records the workspace as it is now; with paths, those of it alone: the rest of the new snapshot
 * is as in head, and what was unsaved there stays so.
 *
 * @throws E_NOT_FOUND for a path that does not exist, E_PATH_ESCAPE,
 * E_NO_REPOSITORY, E_LOCKED, E_DETACHED, E_ENGINE_UNUSABLE, E_NO_SPACE, E_FILE_CHANGING, E_INTERRUPTED
 */
export async function takeSnapshot(
  ctx: Context,
  options: TakeSnapshotOptions,
): Promise<SnapshotReport> {
  const { workspace, report } = await takeLocked(ctx, options);
  if (report.unchanged || report.descriptor.kind !== "auto") return report;
  // What was dropped is swept when nobody relies on it, and that is after our own lock is given back.
  const { sweepDropped } = await import("./gc/sweep-dropped.ts");
  const warnings = await sweepDropped(ctx, workspace);
  return { ...report, warnings: [...report.warnings, ...warnings] };
}

async function takeLocked(
  ctx: Context,
  options: TakeSnapshotOptions,
): Promise<{ workspace: Workspace; report: SnapshotReport }> {
  const hashLater = choosePace(ctx, options);
  if (hashLater === undefined && comparesContent(options)) await sealPending(ctx);
  using locked = await lockWorkspace(ctx, "snapshot");
  const { workspace } = locked;
  refuseDetached(workspace);
  const head = workspace.worktree.head_snapshot_id;
  const { kind = "manual" } = options;
  const isManual = kind === "manual";
  const only = choosePaths(ctx, workspace, options.paths);
  const { descriptor, unchanged, scan } = await captureSnapshot(ctx, workspace, {
    kind,
    note: options.note,
    tags: isManual ? withDefaults(ctx, options.tags) : options.tags,
    meta: options.meta,
    allowUnstable: options.allowUnstable,
    unlessAs: options.ifChanged && head !== undefined ? [readDescriptor(workspace.repo, head)] : [],
    // What is read later is copied by the engine, which needs to know what changed.
    mayFreeze: hashLater === undefined,
    ...given({ only, compression: options.compression, hashLater }),
  });
  if (!unchanged) await tidyStore(ctx, workspace);
  const warnings = unchanged ? [] : await limit(ctx, workspace, descriptor);
  const compressed =
    options.compression === undefined ? {} : { compressed_files: countFiles(scan) };
  return { workspace, report: { descriptor, unchanged, warnings, ...compressed } };
}

/** Those that have a value. */
function given(
  wanted: {
    readonly [Key in "only" | "compression" | "hashLater"]: CaptureRequest[Key] | undefined;
  },
): Pick<CaptureRequest, "only" | "compression" | "hashLater"> {
  return Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined));
}

/** Whether the tree of head bears on the new snapshot. */
function comparesContent({ ifChanged, paths }: TakeSnapshotOptions): boolean {
  return ifChanged || paths !== undefined;
}

/** What is asked for must be done; what the settings say holds where it can be done. */
function choosePace(ctx: Context, { hash }: TakeSnapshotOptions): HashLater | undefined {
  if (hash !== undefined) return hash === "later" ? "always" : undefined;
  return ctx.hash === "later" ? "where-possible" : undefined;
}

/** Automatic snapshots come by the thousand: the oldest make room. */
async function limit(ctx: Context, workspace: Workspace, newest: Descriptor): Promise<string[]> {
  if (newest.kind !== "auto") return [];
  const { limitAutoSnapshots } = await import("./gc/limit-auto-snapshots.ts");
  return await limitAutoSnapshots(ctx, workspace, newest);
}

function withDefaults({ defaultTags = [] }: Context, tags: readonly string[]): readonly string[] {
  return [...tags, ...defaultTags.filter((tag) => !tags.includes(tag))];
}

/** Undefined for all of the workspace. */
function choosePaths(
  ctx: Context,
  { path }: Workspace,
  typed: TypedPaths | undefined,
): RawPath[] | undefined {
  if (typed === undefined) return undefined;
  const { fromRoot, fromHere } = typed;
  const paths = [
    ...resolvePaths(fromRoot, { cwd: path, workspace: path }),
    ...resolvePaths(fromHere, { cwd: ctx.cwd, workspace: path }),
  ];
  return paths.length === 0 || paths.includes("" as RawPath) ? undefined : [...new Set(paths)];
}

/** The files whose content this snapshot had to look at. */
function countFiles({ table, changed, unstored }: Scan): number {
  return [...changed, ...unstored].filter((row) => table.kind[row] === KIND.file).length;
}

function refuseDetached({ worktree }: Workspace): void {
  const { head_snapshot_id: head } = worktree;
  if (head === undefined || !isDetached(worktree)) return;
  throw new JvsError("cannot create snapshot in detached state", {
    code: "E_DETACHED",
    hint: `Run \`jvs restore HEAD\` to return to the latest state (your changes are kept first), or \`jvs worktree fork ${shortId(head)} <name>\``,
    details: { snapshot_id: head },
  });
}
