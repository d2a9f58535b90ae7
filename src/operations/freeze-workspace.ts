import { captureFrozen } from "../engines/capture-frozen.ts";
import type { Captured, Engine, Frozen } from "../engines/engine.ts";
import { failPoint } from "../model/fail-point.ts";
import type { PackWriter } from "../store/object-store.ts";
import { releaseIndex } from "../tree/mapped-indexes.ts";
import type { Scan } from "../tree/scan-result.ts";
import type { ScanTable } from "../tree/scan-table.ts";
import { isLittle, type Touched } from "../tree/touched.ts";
import { dropUnstored } from "../tree/unsettled-rows.ts";
import {
  openWorkspaceFolder,
  scanFolderTouched,
  type WorkspaceFolder,
} from "../tree/workspace-folder.ts";
import { type HowToScan, scanAll } from "./live-state.ts";
import { mapCurrentIndex } from "./map-current-index.ts";
import type { Workspace } from "./open-workspace.ts";

export interface FreezeInput extends HowToScan {
  readonly engine: Engine;
  readonly folder: WorkspaceFolder;
  /** Where the folder of the snapshot is made. */
  readonly slot: string;
  readonly writer: PackWriter;
}

/**
 * Freezes the workspace into the folder of a snapshot, and finds out there what is in it.
 *
 * @throws E_INTERRUPTED, SystemError
 */
export async function freezeWorkspace(
  workspace: Workspace,
  { engine, folder, slot, writer, ...how }: FreezeInput,
): Promise<{ scan: Scan; captured: Captured }> {
  if (engine.freeze === undefined) throw new Error(`${engine.name} cannot freeze`);
  const frozen = engine.freeze(folder, slot);
  failPoint("slot-filled");
  using opened = openWorkspaceFolder(slot);
  const scan = await scanFrozen(workspace, opened, { frozen, ...how });
  const captured = await captureFrozen({ frozen, root: opened.fd, scan, writer, ...how });
  return { scan, captured };
}

/**
 * Scans the folder of a snapshot in place of the workspace that it was frozen from: what the file
 * system says has changed since the index was written, or all of it against the index.
 */
async function scanFrozen(
  workspace: Workspace,
  slot: WorkspaceFolder,
  { frozen, ...how }: HowToScan & { readonly frozen: Frozen },
): Promise<Scan> {
  const scan =
    (await scanChanged(workspace, slot, { frozen, ...how })) ??
    (await scanAll(workspace, slot, how)).scan;
  scan.table.frozen = frozen.token;
  return scan;
}

async function scanChanged(
  { repo, worktree }: Workspace,
  slot: WorkspaceFolder,
  { frozen, ...how }: HowToScan & { readonly frozen: Frozen },
): Promise<Scan | undefined> {
  const index = mapCurrentIndex(repo, worktree.name);
  if (index === undefined) return undefined;
  const touched = changesFrom(index, frozen);
  const scan = touched && (await scanFolderTouched(slot, { ...how, index, touched }));
  if (scan === undefined) releaseIndex(index);
  return scan;
}

function changesFrom(index: ScanTable, frozen: Frozen): Touched | undefined {
  if (index.frozen === undefined) return undefined;
  const touched = frozen.changedSince(index.frozen);
  if (touched === undefined) return undefined;
  // Content that is known and not stored needs no look: the folder of the snapshot has it.
  dropUnstored(index);
  return isLittle(index, touched) ? touched : undefined;
}
