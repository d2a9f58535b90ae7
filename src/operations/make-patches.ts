import { createTwoFilesPatch } from "diff";
import type { Entry, ObjectId } from "../model/entry.ts";
import type { Progress } from "../model/progress.ts";
import { inWords, type PathFields, pathFields } from "../model/raw-path.ts";
import type { FilePatch } from "../model/reports.ts";
import type { TreeChange } from "../tree/diff-trees.ts";
import { readWorkspaceFile } from "../tree/read-workspace-file.ts";
import type { Workspace } from "./open-workspace.ts";

/** Larger texts are not compared line by line: it would take longer than anyone waits. */
const MOST_BYTES = 1 << 20;
/** Nor are those with more lines that came or went: the time grows with the square, and is half a second here. */
const MOST_EDITS = 2000;

/**
 * Hunks for each text file that changed; for others their kind.
 *
 * @throws E_INTERRUPTED
 */
export async function makePatches(
  workspace: Workspace,
  changes: Iterable<TreeChange>,
  progress: Progress,
): Promise<FilePatch[]> {
  const patches: FilePatch[] = [];
  for (const change of changes) {
    if (!hasOtherBytes(change)) continue;
    patches.push(makePatch(workspace, change));
    progress.report({ phase: "comparing lines", done: patches.length });
    await progress.breathe();
  }
  return patches;
}

function hasOtherBytes({ before, after }: TreeChange): boolean {
  const isFolder = (entry: Entry | undefined): boolean => entry === undefined || entry.kind === "d";
  if (isFolder(before) && isFolder(after)) return false;
  return before?.content !== after?.content || before?.kind !== after?.kind;
}

function makePatch(workspace: Workspace, change: TreeChange): FilePatch {
  const named = pathFields(change.path);
  const path = inWords(named);
  const sizes = [change.before, change.after].map((entry) =>
    entry?.kind === "f" ? entry.size : 0,
  );
  if (Math.max(...sizes) > MOST_BYTES) return without(named, "too-large");
  const [old, now] = [
    readSide(workspace, change, change.before),
    readSide(workspace, change, change.after),
  ];
  if (isBinary(old) || isBinary(now)) return without(named, "binary");
  const names = [
    change.before === undefined ? "/dev/null" : `a/${path}`,
    change.after === undefined ? "/dev/null" : `b/${path}`,
  ] as const;
  const [before, after] = [decode(old), decode(now)];
  // What came or went as a whole takes no search.
  const most = before === "" || after === "" ? Number.POSITIVE_INFINITY : MOST_EDITS;
  if (leastEdits(before, after) > most) return without(named, "too-large");
  const text = createTwoFilesPatch(names[0], names[1], before, after, "", "", {
    context: 3,
    maxEditLength: most,
  });
  if (text === undefined) return without(named, "too-large");
  const lines = text.split("\n").slice(4);
  return {
    ...named,
    kind: "text",
    text: text.slice(text.indexOf("\n") + 1),
    added_lines: lines.filter((line) => line.startsWith("+")).length,
    removed_lines: lines.filter((line) => line.startsWith("-")).length,
  };
}

/** So many lines came or went at least, whatever their order. */
function leastEdits(before: string, after: string): number {
  const counts = new Map<string, number>();
  for (const line of before.split("\n")) counts.set(line, (counts.get(line) ?? 0) + 1);
  for (const line of after.split("\n")) counts.set(line, (counts.get(line) ?? 0) - 1);
  return counts.values().reduce((sum, count) => sum + Math.abs(count), 0);
}

function without(named: PathFields, kind: "binary" | "too-large"): FilePatch {
  return { ...named, kind, text: "", added_lines: 0, removed_lines: 0 };
}

/** A link's text is its target; folders and fifos have none. Live content is in no store yet. */
function readSide(
  { store, path }: Workspace,
  change: TreeChange,
  entry: (Entry & { row?: number }) | undefined,
): Uint8Array {
  if (entry === undefined || entry.kind === "d" || entry.kind === "p") return new Uint8Array(0);
  if (store.has(entry.content as ObjectId)) return store.read(entry.content as ObjectId);
  return readWorkspaceFile(path, change.path, MOST_BYTES);
}

function isBinary(bytes: Uint8Array): boolean {
  return bytes.subarray(0, 8000).includes(0);
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
