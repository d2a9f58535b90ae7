import { chooseEngine } from "../engines/choose-engine.ts";
import type { CaptureLoad, Engine } from "../engines/engine.ts";
import { isAutomatic, keepsFolders } from "../engines/engine-names.ts";
import { objectsEngine } from "../engines/objects.ts";
import { JvsError } from "../model/errors.ts";
import { failPoint } from "../model/fail-point.ts";
import { ensureFreeSpace } from "../repo/publish.ts";
import { SMALL_BYTES } from "../tree/content-sink.ts";
import type { PartialScope } from "../tree/partial-tree.ts";
import type { Scan } from "../tree/scan-result.ts";
import { KIND } from "../tree/scan-table.ts";
import {
  canBeWatched,
  openWorkspaceFolder,
  trustedBefore,
  type WorkspaceFolder,
} from "../tree/workspace-folder.ts";
import type { Context } from "./context.ts";
import { leavesContent } from "./leave-content.ts";
import { walk } from "./live-state.ts";
import { newId } from "./new-id.ts";
import { placeOf, type Workspace } from "./open-workspace.ts";
import {
  type Capture,
  type CaptureRequest,
  type CaptureWork,
  publishCapture,
  rememberCapture,
  unchangedCapture,
} from "./publish-capture.ts";
import { recogniseState } from "./recognise-state.ts";

/**
 * Takes a snapshot by the twelve steps of docs/format.md, "Publish"; the caller holds the lock of
 * the worktree (step 1) and releases it (the end of step 12). Whatever fails before step 10 leaves
 * everything as it was.
 *
 * @throws E_NO_SPACE, E_FILE_CHANGING, E_ENGINE_UNUSABLE, E_INTERRUPTED, SystemError
 */
export async function captureSnapshot(
  ctx: Context,
  workspace: Workspace,
  request: CaptureRequest,
): Promise<Capture> {
  const { repo } = workspace;
  const needs = { isPartial: request.only !== undefined };
  const choose = (load?: CaptureLoad): Engine =>
    chooseEngine(ctx.engine, placeOf(workspace), { ...needs, ...(load && { load }) }).engine;
  const first = choose(); // One that cannot work is refused before anything is looked at.
  // Which engine `auto` takes may depend on what is found.
  if (!isAutomatic(ctx.engine)) leavesContent(first, request.hashLater);
  using folder = openWorkspaceFolder(workspace.path);
  failPoint("step-2");
  const work = { ctx, workspace, request, folder };
  if (canFreeze(request, first, folder)) {
    ensureFreeSpace(repo);
    const trustBefore = trustedBefore(folder, Date.now());
    const frozen = {
      engine: first,
      scan: undefined,
      trustBefore,
      partial: undefined,
      isLater: false,
    };
    return await publishCapture({ ...work, ...frozen, id: newId(ctx) });
  }
  const { scan, wasWorn, trustBefore } = await walk(ctx, workspace, folder);
  const { unlessAs, allowUnstable } = request;
  const reading = { root: folder.fd, allowUnstable, trustBefore, progress: ctx.progress };
  const engine = isAutomatic(ctx.engine) ? choose(loadOf(scan)) : first;
  const isLater = leavesContent(engine, request.hashLater);
  const isUnread = isLater && scan.changed.length > 0;
  const known = isUnread ? undefined : await recogniseState(scan, { ...reading, known: unlessAs });
  if (known !== undefined) {
    // Where nobody had written down that the content is stored, that is known now, too.
    const isLearned = scan.unstored.length > 0 && !keepsFolders(known.engine);
    rememberCapture(work, scan, wasWorn || isLearned || scan.changed.length > 0);
    return unchangedCapture(scan, known);
  }
  const partial = await scopeOf(workspace, request, scan);
  ensureFreeSpace(repo);
  const how = { trustBefore, engine, partial, isLater };
  return await publishSomehow({ ...work, scan, ...how, id: newId(ctx) });
}

/** What is to be compared with other snapshots first is looked at in place. */
function canFreeze(
  { mayFreeze, unlessAs, only }: CaptureRequest,
  { freeze }: Engine,
  folder: WorkspaceFolder,
): boolean {
  if (mayFreeze !== true || freeze === undefined) return false;
  return unlessAs.length === 0 && only === undefined && canBeWatched(folder);
}

function loadOf({ table, changed, unstored, entries }: Scan): CaptureLoad {
  let [changedBytes, changedLarge] = [0, 0];
  for (const rows of [changed, unstored])
    for (const row of rows) {
      if (table.kind[row] !== KIND.file) continue;
      const size = table.size[row] as number;
      if (size <= SMALL_BYTES) changedBytes += size;
      else changedLarge++;
    }
  return { entries, names: table.childCount[0] as number, changedBytes, changedLarge };
}

/** An engine that nobody asked for, and that finds out late that it cannot, is passed over. */
async function publishSomehow(work: CaptureWork): Promise<Capture> {
  const { ctx, engine } = work;
  try {
    return await publishCapture(work);
  } catch (error) {
    const isRefusal = error instanceof JvsError && error.code === "E_ENGINE_UNUSABLE";
    if (!isRefusal || !isAutomatic(ctx.engine) || engine === objectsEngine) throw error;
    const isLater = leavesContent(objectsEngine, work.request.hashLater);
    return await publishCapture({ ...work, engine: objectsEngine, isLater, id: newId(ctx) });
  }
}

async function scopeOf(
  workspace: Workspace,
  { only }: CaptureRequest,
  scan: Scan,
): Promise<PartialScope | undefined> {
  if (only === undefined) return undefined;
  const { choosePartialScope } = await import("./partial-scope.ts");
  return choosePartialScope(workspace, scan, only);
}
