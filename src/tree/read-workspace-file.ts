import { closeFd, openForRead, readLink, statAt } from "../fs/at.ts";
import { IoBuffer, readFully } from "../fs/file-io.ts";
import { FolderCursor } from "../fs/folder-cursor.ts";
import { S_IFLNK, S_IFMT, StatBuffer } from "../fs/stat-buffer.ts";
import type { RawPath } from "../model/raw-path.ts";
import { splitPath } from "./split-path.ts";
import { openWorkspaceFolder } from "./workspace-folder.ts";

/** The first `limit` bytes of a file in the workspace, or the target of a link. Never follows a link. */
export function readWorkspaceFile(workspace: string, path: RawPath, limit: number): Uint8Array {
  using root = openWorkspaceFolder(workspace);
  using cursor = new FolderCursor(root.fd);
  const { folder, name } = splitPath(path);
  const at = cursor.open(folder);
  const stat = new StatBuffer();
  if (!statAt(at, name, stat)) return new Uint8Array(0);
  if ((stat.mode & S_IFMT) === S_IFLNK) return readLink(at, name);
  const fd = openForRead(at, name);
  try {
    const buffer = new IoBuffer(limit);
    return buffer.bytes.subarray(0, readFully(fd, { buffer }, name));
  } finally {
    closeFd(fd);
  }
}
