import { chooseEngine, probeEngines } from "../engines/choose-engine.ts";
import type { EnginePlace } from "../engines/engine.ts";
import { JvsError } from "../model/errors.ts";
import type { InfoReport } from "../model/reports.ts";
import { listSnapshotIds } from "../repo/descriptors.ts";
import { fileSystemName } from "../repo/file-system.ts";
import { locateWorktree } from "../repo/locate-worktree.ts";
import { listPendingMarks } from "../repo/payloads.ts";
import { FORMAT_VERSION } from "../repo/repo.ts";
import { listWorktrees } from "../repo/worktrees.ts";
import type { Context } from "./context.ts";
import { openRepository } from "./open-workspace.ts";
import { startSealing } from "./seal/start-sealing.ts";

/** What the repository is, and where. */
export async function readInfo(ctx: Context): Promise<InfoReport> {
  const { repo, store } = openRepository(ctx);
  await startSealing(ctx, repo);
  const pending = listPendingMarks(repo).length;
  const { layout, record } = repo;
  const workspace = locateWorktree(repo, ctx.cwd)?.workspace ?? null;
  const place = { workspace: workspace ?? layout.root, control: layout.jvs };
  return {
    format_version: FORMAT_VERSION,
    repo_id: record.repo_id,
    repo_root: layout.root,
    snapshot_engine: engineHere(ctx.engine, place),
    total_snapshots: listSnapshotIds(repo).length,
    ...(pending === 0 ? {} : { pending_snapshots: pending }),
    total_worktrees: listWorktrees(repo).worktrees.length,
    layout: record.layout,
    workspace,
    file_system: fileSystemName(repo),
    stored_bytes: store.storedBytes(),
    engines: probeEngines(place),
    version: ctx.version,
  };
}

/** The engine that is used; the one that is asked for, where that cannot be: the others are told all the same. */
function engineHere(wanted: string, place: EnginePlace): string {
  try {
    return chooseEngine(wanted, place).engine.name;
  } catch (error) {
    if (error instanceof JvsError && error.code === "E_ENGINE_UNUSABLE") return `none (${wanted})`;
    throw error;
  }
}
