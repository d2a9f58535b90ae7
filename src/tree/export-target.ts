import {
  closeSync,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
} from "node:fs";
import { JvsError } from "../model/errors.ts";
import { openWorkspaceFolder, type WorkspaceFolder } from "./workspace-folder.ts";

/**
 * A place outside the repository that an export fills. It is written under a name beside its own and
 * gets that when it is complete: nobody ever sees half of it.
 */
export interface ExportTarget extends Disposable {
  readonly path: string;
  /** Gives it its name. */
  complete(): void;
}

/** @throws E_EXISTS when `path` is there and is no empty folder */
export function openFolderTarget(
  path: string,
): ExportTarget & { readonly folder: WorkspaceFolder } {
  refuseTaken(path);
  const draft = `${path}.jvs-part-${crypto.randomUUID().slice(0, 8)}`;
  mkdirSync(draft);
  const folder = openWorkspaceFolder(draft);
  const complete = (): void => {
    if (existsSync(path)) rmdirSync(path);
    renameSync(draft, path);
  };
  return {
    path,
    folder,
    complete,
    [Symbol.dispose]: () => discard(draft, () => folder[Symbol.dispose]()),
  };
}

/** @throws E_EXISTS when `path` is there */
export function openFileTarget(path: string): ExportTarget & { readonly fd: number } {
  if (existsSync(path)) throw taken(path);
  const draft = `${path}.jvs-part-${crypto.randomUUID().slice(0, 8)}`;
  const fd = openSync(draft, "wx");
  return {
    path,
    fd,
    complete: () => renameSync(draft, path),
    [Symbol.dispose]: () => discard(draft, () => closeSync(fd)),
  };
}

/** What has its final name is no longer under the draft's, so that nothing is left to remove. */
function discard(draft: string, close: () => void): void {
  close();
  rmSync(draft, { recursive: true, force: true });
}

function refuseTaken(path: string): void {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return;
  if (!stat.isDirectory() || readdirSync(path).length > 0) throw taken(path);
}

function taken(path: string): JvsError {
  return new JvsError(`Cannot export to "${path}": something is already there`, {
    code: "E_EXISTS",
    hint: "Name a folder or file that does not exist yet",
    details: { path },
  });
}
