import { type Progress, SILENT } from "../../model/progress.ts";
import { type RawPath, toText } from "../../model/raw-path.ts";
import { closeFd, openForRead, statFd } from "../at.ts";
import { isBeingWritten } from "../file-io.ts";
import { S_IFMT, S_IFREG, StatBuffer } from "../stat-buffer.ts";
import { walkFolder } from "../walk-folder.ts";

/** The path of the folder itself. */
export const ROOT: RawPath = "" as RawPath;

/** What a folder was like when each path was read: all that a change of it would change. */
export type FolderState = Map<RawPath, string>;

/** All that the kernel says of one path but when it was read. A change always shows in ctime. */
export function stateOf(stat: StatBuffer): string {
  return `${lastingOf(stat)} ${stat.nlink} ${stat.ctimeSeconds}.${stat.ctimeNanos}`;
}

/** What stays when the path gets another name. */
function lastingOf(stat: StatBuffer): string {
  const { inoHigh, inoLow, mountId, mode, uid, gid, size, mtimeSeconds, mtimeNanos } = stat;
  return `${inoHigh}:${inoLow} ${mountId} ${mode} ${uid}:${gid} ${size} ${mtimeSeconds}.${mtimeNanos}`;
}

export interface Comparison {
  readonly state: FolderState;
  readonly progress?: Progress;
  /** Whether the folder itself got another name since, which is no change of it. */
  readonly isRenamed?: boolean;
}

/**
 * Paths below the open folder `root`, and "" for itself, that are not as `state` says (changed, gone,
 * or new), or are open for writing, so that a change of them may be on its way.
 *
 * @throws SystemError, E_INTERRUPTED
 */
export async function findChanges(
  root: number,
  { state, progress = SILENT, isRenamed = false }: Comparison,
): Promise<RawPath[]> {
  const changed = isRootChanged(root, state, isRenamed) ? [ROOT] : [];
  const gone = new Set(state.keys());
  gone.delete(ROOT);
  let done = 0;
  for (const { at, name, path, stat } of walkFolder(root)) {
    gone.delete(path);
    const isFile = (stat.mode & S_IFMT) === S_IFREG;
    const isAsBefore = state.get(path) === stateOf(stat);
    if (!isAsBefore || (isFile && isOpenForWriting(at, name))) changed.push(path);
    if (++done % 64 !== 0) continue;
    progress.report({ phase: "checking", done, total: state.size });
    await progress.breathe();
  }
  return [...changed, ...gone];
}

function isRootChanged(root: number, state: FolderState, isRenamed: boolean): boolean {
  const stat = new StatBuffer();
  statFd(root, stat);
  const was = state.get(ROOT) ?? "";
  return isRenamed ? !was.startsWith(`${lastingOf(stat)} `) : was !== stateOf(stat);
}

function isOpenForWriting(at: number, name: RawPath): boolean {
  const fd = openForRead(at, name);
  try {
    return isBeingWritten(fd);
  } finally {
    closeFd(fd);
  }
}

/** The first few paths, for a message's details. */
export function firstOf(paths: readonly RawPath[]): string[] {
  return paths.slice(0, 20).map((path) => toText(path));
}
