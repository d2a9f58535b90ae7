import { makeHardLink, type Place, statAt } from "../../fs/at.ts";
import { FolderCursor } from "../../fs/folder-cursor.ts";
import { StatBuffer } from "../../fs/stat-buffer.ts";
import { SystemError, systemCodeOf } from "../../model/errors.ts";
import type { Progress } from "../../model/progress.ts";
import { pathFields, type RawPath, toText } from "../../model/raw-path.ts";
import type { RestoreIssue } from "../../model/reports.ts";
import type { ScanTable } from "../scan-table.ts";
import { splitPath } from "../split-path.ts";
import type { Action, LinkAnchor } from "./action.ts";
import type { PlannedActions } from "./planned-actions.ts";
import { QuickFiles } from "./quick-files.ts";
import type { WriteContext } from "./write-context.ts";
import { writeEntry } from "./write-entry.ts";

export interface StageInput extends WriteContext {
  /** The open staging folder. */
  readonly staging: number;
  /** The open workspace, and what was scanned in it. */
  readonly root: number;
  readonly table: ScanTable;
  readonly progress: Progress;
}

/** Writes everything that will be placed into the staging folder. Returns what the system refused. */
export async function stageActions(
  actions: PlannedActions,
  input: StageInput,
): Promise<RestoreIssue[]> {
  const issues: RestoreIssue[] = [];
  const quick = new QuickFiles(input, false);
  quick.enter(input.staging);
  let bytes = 0;
  let index = -1;
  for (const action of actions) {
    index++;
    if (action.kind !== "place") continue;
    for (const what of await stageNamed(action, { ...input, quick }))
      issues.push({
        ...pathFields(action.path),
        kind: "degraded",
        why: `the system refused ${what}`,
      });
    bytes += action.entry.size;
    if (index % 32 !== 0 && action.entry.size < 1 << 20) continue;
    input.progress.report({ phase: "writing", done: index, total: actions.length, bytes });
    await input.progress.breathe();
  }
  return issues;
}

/** What fails is told by the path that people know. */
async function stageNamed(
  action: Action & { kind: "place" },
  input: StageInput & { readonly quick: QuickFiles },
): Promise<string[]> {
  try {
    return await stageOne(action, input);
  } catch (error) {
    throw byItsPath(error, action.path);
  }
}

function byItsPath(error: unknown, path: RawPath): unknown {
  if (!(error instanceof SystemError)) return error;
  return new SystemError(error.code, error.action, toText(path));
}

async function stageOne(
  action: Action & { kind: "place" },
  input: StageInput & { readonly quick: QuickFiles },
): Promise<string[]> {
  const { linkTo, entry } = action;
  const to = { at: input.staging, name: action.staged as RawPath };
  if (typeof linkTo === "string") {
    makeHardLink({ at: input.staging, name: linkTo as RawPath }, to);
    return [];
  }
  if (linkTo === undefined) {
    const { quick } = input;
    if (quick.suits(entry)) return quick.write({ ...entry, name: to.name });
    return await writeEntry(to, entry, input);
  }
  if (joinLive(linkTo, to, input)) return [];
  return [...(await writeEntry(to, entry, input)), `the hard link to ${toText(linkTo.path)}`];
}

/** Another name for a file of the workspace; false when it was edited since it was scanned, or the system refuses. */
function joinLive({ path, row }: LinkAnchor, to: Place, { root, table }: StageInput): boolean {
  using cursor = new FolderCursor(root);
  const { folder, name } = splitPath(path);
  const stat = new StatBuffer();
  try {
    const from = { at: cursor.open(folder), name };
    if (!statAt(from.at, name, stat) || !table.isSameFile(row, stat)) return false;
    makeHardLink(from, to);
    return true;
  } catch (error) {
    if (systemCodeOf(error) === "") throw error;
    return false;
  }
}
