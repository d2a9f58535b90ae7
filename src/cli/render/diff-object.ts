import type { Change } from "../../model/change.ts";
import type { DiffReport } from "../../model/reports.ts";

/** How the older jvs writes what is not permission in a mode: the bits of Go's `os.FileMode`. */
const KIND_BITS: Readonly<Record<Change["kind"], number>> = {
  file: 0,
  directory: 2 ** 31,
  symlink: 2 ** 27,
  fifo: 2 ** 25,
};
const SPECIAL_BITS: readonly (readonly [ours: number, theirs: number])[] = [
  [0o4000, 2 ** 23],
  [0o2000, 2 ** 22],
  [0o1000, 2 ** 20],
];

/** The comparison as `--json` prints it: first what users of jvs know, in their order, then ours. */
export function toDiffObject(report: DiffReport): Record<string, unknown> {
  const { from_snapshot_id, to_snapshot_id, from_time, to_time, patches } = report;
  const { total_added, total_removed, total_modified, total_renamed, total_metadata } = report;
  return {
    from_snapshot_id,
    to_snapshot_id,
    from_time,
    to_time,
    added: entriesOf(report.added),
    removed: entriesOf(report.removed),
    modified: entriesOf(report.modified),
    total_added,
    total_removed,
    total_modified,
    compared: report.compared,
    renamed: entriesOf(report.renamed),
    metadata: entriesOf(report.metadata),
    total_renamed,
    total_metadata,
    ...(patches === undefined ? {} : { patches }),
  };
}

/** Made one by one, as the changes are. */
function entriesOf(changes: Iterable<Change>): Iterable<Record<string, unknown>> {
  return { [Symbol.iterator]: () => Iterator.from(changes).map(toDiffEntry) };
}

/** Values of zero are left out, as users know it. */
function toDiffEntry(change: Change): Record<string, unknown> {
  const { path, type, kind, old_kind, mode, old_mode, size, old_size, ...others } = change;
  const entry = {
    path,
    type,
    mode: goMode(mode, kind),
    size,
    old_size,
    old_hash: others.old_hash,
    new_hash: others.new_hash,
    is_symlink: kind === "symlink",
    kind,
    old_path: others.old_path,
    old_kind,
    old_mode: goMode(old_mode, old_kind ?? kind),
    differs: others.differs,
    path_base64: others.path_base64,
    old_path_base64: others.old_path_base64,
  };
  return Object.fromEntries(Object.entries(entry).filter(([, value]) => Boolean(value)));
}

function goMode(octal: string | undefined, kind: Change["kind"]): number | undefined {
  if (octal === undefined) return undefined;
  const mode = Number.parseInt(octal, 8);
  const special = SPECIAL_BITS.map(([ours, theirs]) => ((mode & ours) === 0 ? 0 : theirs));
  return (mode & 0o777) + KIND_BITS[kind] + special.reduce((sum, bit) => sum + bit, 0);
}
