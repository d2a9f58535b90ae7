import { removeIfAny } from "../fs/files.ts";
import { createFile, draftPath, syncFolder, writeAtomic } from "../fs/write-atomic.ts";
import { failPoint } from "../model/fail-point.ts";
import { jsonText } from "../model/json-pieces.ts";
import { readTextIfAny } from "./control-file.ts";
import { listFolderIfAny, withFolderOf } from "./folders.ts";
import { parseJsonObject } from "./json-object.ts";
import { intentPath } from "./layout.ts";
import type { Repo } from "./repo.ts";

export type IntentKind = "snapshot" | "restore" | "worktree" | "edit";

/**
 * What a command is about to do in a worktree, written down before it does. It is there exactly
 * while the work is under way: found without its process, it is work to finish or to clear away.
 */
export interface Intent {
  /** Without dots: a snapshot's id, or anything as unique. */
  readonly id: string;
  readonly kind: IntentKind;
  readonly worktree: string;
  readonly started_at: string;
  readonly pid: number;
  /** What the kind of work needs to be finished. */
  readonly data: unknown;
  /**
   * The content is lost, as after a power cut; only `id`, `kind` and `worktree` are known, from the
   * name of the file. The work had not begun, if it was to begin after the intent was synced.
   */
  readonly torn?: true;
}

const FILE_NAME = /^([^.]+)\.(snapshot|restore|worktree|edit)\.(.+)\.json$/s;

/**
 * Writes the intent down. Without `sync` it survives the death of the process, but perhaps not a
 * power cut: enough where nothing in the workspace is touched.
 *
 * @throws SystemError with `EEXIST` when there is one of that id, kind and worktree; E_NAME_INVALID.
 */
export function writeIntent(
  { layout }: Repo,
  intent: Intent,
  options: { readonly sync: boolean } = { sync: false },
): void {
  const path = intentPath(layout, intent);
  withFolderOf(path, () => createFile(path, jsonText(intent), options));
  if (options.sync) syncFolder(layout.intents);
}

/** Writes the intent anew, over the one that is there. Synced: work has begun. */
export function replaceIntent({ layout }: Repo, intent: Intent): void {
  writeAtomic(intentPath(layout, intent), jsonText(intent), {
    sync: true,
    soleWriter: true,
  });
}

/**
 * The intents of all worktrees, sorted by id. Whether one is left over or under way, and torn or
 * just being written, only the holder of its worktree's lock can tell.
 */
export function listIntents({ layout }: Repo): Intent[] {
  const intents: Intent[] = [];
  for (const file of listFolderIfAny(layout.intents)) {
    const [, id, kind, worktree] = FILE_NAME.exec(file) ?? [];
    if (id === undefined || kind === undefined || worktree === undefined) continue;
    const text = readTextIfAny(`${layout.intents}/${file}`);
    // Undefined: finished since the folder was read.
    if (text !== undefined)
      intents.push(parseIntent(text, { id, kind: kind as IntentKind, worktree }));
  }
  return intents;
}

/** Says that the work is done. Removing what is gone is no error. */
export function removeIntent(
  { layout }: Repo,
  intent: Pick<Intent, "id" | "kind" | "worktree">,
): void {
  const path = intentPath(layout, intent);
  removeIfAny(path);
  // What a kill in replaceIntent left beside it; a snapshot's intent is never written anew.
  if (intent.kind !== "snapshot") removeIfAny(draftPath(path));
  failPoint("after-intent");
}

function parseIntent(text: string, named: Pick<Intent, "id" | "kind" | "worktree">): Intent {
  const record = parseJsonObject(text);
  const isWhole =
    record?.id === named.id && record.kind === named.kind && record.worktree === named.worktree;
  if (isWhole) return record as unknown as Intent;
  return { ...named, started_at: "", pid: 0, data: null, torn: true };
}
