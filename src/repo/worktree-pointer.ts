import { createFile } from "../fs/write-atomic.ts";
import { JvsError } from "../model/errors.ts";
import { tryReadText } from "./control-file.ts";
import { formatJson, parseJsonObject } from "./json-object.ts";
import { layoutOf, pointerPath } from "./layout.ts";

/** What the file `.jvs` says in a workspace that lies outside of its repository. */
export interface WorktreePointer {
  readonly repo_root: string;
  readonly repo_id: string;
}

/** Leaves in the new folder `folder` a file that says which repository it belongs to. */
export function writePointer(folder: string, pointer: WorktreePointer): void {
  createFile(pointerPath(folder), formatJson(pointer), { sync: false });
}

/**
 * The root of the repository that the file at `path` points to.
 *
 * @returns undefined when it is something else of that name.
 * @throws E_NO_REPOSITORY when that repository is not there any more, or another one is.
 */
export function followPointer(path: string): string | undefined {
  const { repo_root: root, repo_id: id } = parseJsonObject(tryReadText(path).text ?? "") ?? {};
  if (typeof root !== "string" || typeof id !== "string" || !root.startsWith("/")) return undefined;
  const found = parseJsonObject(tryReadText(layoutOf(root).repoJson).text ?? "");
  if (found?.repo_id === id) return root;
  throw new JvsError(`Cannot open the repository "${root}": it is not there any more`, {
    code: "E_NO_REPOSITORY",
    hint: `This folder is a worktree of it. If it was moved, write its new place into "${path}"`,
    details: { pointer: path, repo_root: root },
  });
}

/** Whether the folder `workspace` says of itself that it belongs to the repository of that id. */
export function isPointedFrom(workspace: string, repoId: string): boolean {
  return parseJsonObject(tryReadText(pointerPath(workspace)).text ?? "")?.repo_id === repoId;
}
