import type { ObjectId } from "../model/entry.ts";
import { fromBytes, joinRaw, pathFields, type RawPath } from "../model/raw-path.ts";
import type { ListedEntry, ListReport } from "../model/reports.ts";
import type { ObjectStore } from "../store/object-store.ts";
import { type FolderView, listEntries, type ViewedEntry } from "../tree/tree-source.ts";
import type { Context } from "./context.ts";
import { kindInWords, modeInWords } from "./describe-changes.ts";
import { findInSnapshot } from "./find-in-snapshot.ts";
import { withSealed } from "./seal/seal-pending.ts";

export interface ListQuery {
  readonly ref: string;
  /** As typed; the root without it. */
  readonly path?: string;
  readonly recursive: boolean;
}

/** What a folder of a snapshot holds, or the one file that `path` names. */
export function listTree(ctx: Context, query: ListQuery): Promise<ListReport> {
  return withSealed(ctx, () => listFound(ctx, query));
}

async function listFound(ctx: Context, query: ListQuery): Promise<ListReport> {
  const found = findInSnapshot(ctx, { ref: query.ref, path: query.path as RawPath | undefined });
  const { descriptor, store, root, path, entry } = found;
  const folder = entry === undefined ? root : entry.folder;
  const entries =
    folder === undefined
      ? [list(store, path, entry as ViewedEntry)]
      : [...walk(store, { path, folder }, query.recursive)];
  return { snapshot_id: descriptor.snapshot_id, entries };
}

function* walk(
  store: ObjectStore,
  at: { path: RawPath; folder: FolderView },
  recursive: boolean,
): Generator<ListedEntry> {
  for (const entry of listEntries(at.folder)) {
    const path = joinRaw(at.path, entry.name);
    yield list(store, path, entry);
    if (recursive && entry.folder !== undefined)
      yield* walk(store, { path, folder: entry.folder }, true);
  }
}

function list(store: ObjectStore, path: RawPath, entry: ViewedEntry): ListedEntry {
  return {
    ...pathFields(path),
    kind: kindInWords(entry.kind),
    mode: modeInWords(entry.mode),
    size: entry.size,
    mtime: entry.mtime === "-" ? null : timeInWords(BigInt(entry.mtime)),
    hash: entry.content as ObjectId,
    ...(entry.kind === "l" ? targetFields(store, entry.content as ObjectId) : {}),
  };
}

function targetFields(
  store: ObjectStore,
  content: ObjectId,
): Pick<ListedEntry, "target" | "target_base64"> {
  const { path: target, path_base64: bytes } = pathFields(fromBytes(store.read(content)));
  return { target, ...(bytes === undefined ? {} : { target_base64: bytes }) };
}

/** RFC 3339 in UTC with all nine digits. */
function timeInWords(nanos: bigint): string {
  const rest = ((nanos % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n;
  const seconds = (nanos - rest) / 1_000_000_000n;
  return `${new Date(Number(seconds) * 1000).toISOString().slice(0, 19)}.${String(rest).padStart(9, "0")}Z`;
}
