import { findWritten } from "../fs/find-written.ts";
import type { Loss } from "../model/entry.ts";
import { lossOf } from "./loss-of.ts";
import { openWorkspaceFolder } from "./workspace-folder.ts";

/**
 * The files of a workspace that some program, whosever it is, has open for writing: what it writes
 * after the last look at a workspace that goes would be gone.
 */
export function stillWritten(workspace: string): Loss[] {
  using folder = openWorkspaceFolder(workspace);
  const why = "a program was still writing to it; what it wrote last is not kept";
  return findWritten(folder.fd).map((path) => lossOf(path, "unstable", why));
}
