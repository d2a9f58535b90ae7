import type { EnginePlace } from "../engines/engine.ts";
import { keepsFolders } from "../engines/engine-names.ts";
import { openSlots, SlotFiles, type StoredSlot } from "../engines/slot-files.ts";
import { JvsError } from "../model/errors.ts";
import type { Worktree } from "../model/worktree.ts";
import { findDescriptor } from "../repo/descriptors.ts";
import { withFolderOf } from "../repo/folders.ts";
import { readGeneration } from "../repo/generation.ts";
import { indexPath, payloadPath } from "../repo/layout.ts";
import { locateWorktree } from "../repo/locate-worktree.ts";
import { listPayloads } from "../repo/payloads.ts";
import { findRepo, type Repo } from "../repo/repo.ts";
import { type ObjectStore, openStore, type StoreOptions } from "../store/object-store.ts";
import { readIndex, writeIndex } from "../tree/index-file.ts";
import { recheckStored } from "../tree/recheck-stored.ts";
import type { ScanTable } from "../tree/scan-table.ts";
import type { Context } from "./context.ts";
import { EMPTY_ROOT } from "./tree-of.ts";

/** A repository that is open for work. */
export interface Repository {
  readonly repo: Repo;
  readonly store: ObjectStore;
}

/** The workspace that the user stands in. `worktree` is as it was read: under a lock it is read again. */
export interface Workspace extends Repository {
  readonly worktree: Worktree;
  /** Absolute. */
  readonly path: string;
}

const NO_REPOSITORY = "not a JVS repository (or any parent)";
const NO_WORKSPACE =
  "not a JVS repository: no JVS repository found (no .jvs/ in parent directories)";

/** Where an engine works for this workspace. */
export function placeOf({ repo, path }: Workspace): EnginePlace {
  return { workspace: path, control: repo.layout.jvs };
}

/** @throws E_NO_REPOSITORY, E_FORMAT_UNSUPPORTED, E_CONFIG */
export function openRepository(ctx: Context, complaint: string = NO_REPOSITORY): Repository {
  const repo = findRepo(ctx.cwd);
  if (repo !== undefined) return openContent(repo);
  throw new JvsError(complaint, {
    code: "E_NO_REPOSITORY",
    hint: "Run `jvs init` here to take this folder, or `jvs init <name>` to start a new project",
    details: { cwd: ctx.cwd },
  });
}

/**
 * All content of a repository: that of the store, and that in the folders of snapshots. `onlyLooks`:
 * nothing is changed by reading, as {@link openStore} has it.
 */
export function openContent(repo: Repo, { onlyLooks = false }: StoreOptions = {}): Repository {
  const other = new SlotFiles(() => openSlots(listSlots(repo), (id) => store.read(id)));
  const store: ObjectStore = openStore(repo.layout.objects, { other, onlyLooks });
  return { repo, store };
}

/** The folders of snapshots, the newest first. */
export function listSlots(repo: Repo): StoredSlot[] {
  return listPayloads(repo)
    .reverse()
    .flatMap((id) => {
      const descriptor = findDescriptor(repo, id);
      if (descriptor === undefined || !keepsFolders(descriptor.engine)) return [];
      const { payload_root_hash: root } = descriptor;
      return root === EMPTY_ROOT ? [] : [{ path: payloadPath(repo.layout, id), root }];
    });
}

/** @throws E_NO_REPOSITORY, also in a repository but outside of every workspace */
export function openWorkspace(ctx: Context): Workspace {
  const repository = openRepository(ctx, NO_WORKSPACE);
  const found = locateWorktree(repository.repo, ctx.cwd);
  if (found !== undefined)
    return { ...repository, worktree: found.worktree, path: found.workspace };
  throw new JvsError("not inside a worktree (current directory is not under main/ or worktrees/)", {
    code: "E_NO_REPOSITORY",
    hint: `Run \`cd "${repository.repo.layout.root}/main"\` first`,
    details: { cwd: ctx.cwd, repo_root: repository.repo.layout.root },
  });
}

/**
 * What the workspace looked like the last time, or undefined. What it says about stored content is
 * good for as long as the caller shares the lock of the store.
 */
export function loadIndex(workspace: Workspace): ScanTable | undefined {
  const { repo, store, worktree } = workspace;
  const generation = readGeneration(repo);
  const table = readIndex(indexPath(repo.layout, worktree.name));
  if (table === undefined || table.generation === generation) return table;
  recheckStored(table, (id) => store.isWhole(id));
  // While content is swept, and where a sweep was cut short, the next command looks again.
  table.generation = generation ?? 0;
  // Once is enough, also where nothing changes for long.
  if (generation !== undefined) saveIndex(workspace, table);
  return table;
}

/** Remembers what the workspace looks like. A cache: when it cannot be written, time is lost, no more. */
export function saveIndex({ repo, worktree }: Workspace, table: ScanTable): void {
  try {
    const path = indexPath(repo.layout, worktree.name);
    withFolderOf(path, () => writeIndex(path, table));
  } catch {
    // A full or read-only disk: whatever matters has been written, or was not asked for.
  }
}
