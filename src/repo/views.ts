import { chmodSync, closeSync, lstatSync, openSync, renameSync, rmSync } from "node:fs";
import { isFolder } from "../fs/is-there.ts";
import { syncFolder } from "../fs/write-atomic.ts";
import { JvsError } from "../model/errors.ts";
import { failPoint } from "../model/fail-point.ts";
import { isSnapshotId, type SnapshotId } from "../model/snapshot.ts";
import { listFolderIfAny, withFolderOf } from "./folders.ts";
import { payloadPath, viewPath } from "./layout.ts";
import type { Repo } from "./repo.ts";

/** A snapshot that is held open as a folder. */
export interface View {
  readonly id: SnapshotId;
  /** Where its content lies. Absolute. */
  readonly path: string;
  /** `payload`: the folder that keeps the snapshot itself. `copy`: one made for looking into it. */
  readonly kind: "payload" | "copy";
}

/** Of the folder of a copy itself. */
const CLOSED = 0o500;

/** The open view of a snapshot, if there is one. */
export function findView({ layout }: Repo, id: SnapshotId): View | undefined {
  const path = viewPath(layout, id);
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat?.isDirectory()) return { id, path, kind: "copy" };
  return stat?.isFile() ? { id, path: payloadPath(layout, id), kind: "payload" } : undefined;
}

/** All open views, by snapshot. */
export function listViews(repo: Repo): View[] {
  return listFolderIfAny(repo.layout.views)
    .filter(isSnapshotId)
    .flatMap((id) => findView(repo, id) ?? []);
}

/** Notes that the folder which keeps the snapshot is looked into. */
export function notePayloadView({ layout }: Repo, id: SnapshotId): void {
  const path = viewPath(layout, id);
  withFolderOf(path, () => closeSync(openSync(path, "wx", 0o600)));
  syncFolder(layout.views);
}

/** Whether there is something to look into: a payload may be gone, and its content stored elsewhere. */
export function isViewThere({ path }: View): boolean {
  return isFolder(path);
}

/** Makes the folder at `draft` the view of the snapshot. Durable when this returns. */
export function placeView({ layout }: Repo, id: SnapshotId, draft: string): void {
  const path = viewPath(layout, id);
  rmSync(path, { force: true });
  withFolderOf(path, () => renameSync(draft, path));
  failPoint("view-placed");
  syncFolder(layout.views);
}

/** Not done before it has its place: a folder that may not be written to cannot be moved. */
export function closeToWriting({ path, kind }: View): void {
  if (kind === "copy") chmodSync(path, CLOSED);
}

/** Closes a view; a copy is moved into the folder `draft` in one step, so that nobody is told of half of it. */
export function removeView({ layout }: Repo, { id, path, kind }: View, draft: string): void {
  if (kind === "copy") {
    chmodSync(path, 0o700);
    renameSync(path, `${draft}/view`);
  } else rmSync(viewPath(layout, id), { force: true });
}

/**
 * What is written into the folder of views goes through its name: a link in its place would lead out.
 *
 * @throws E_CONFIG
 */
export function checkViews({ layout: { views } }: Repo): void {
  const stat = lstatSync(views, { throwIfNoEntry: false });
  if (stat === undefined || stat.isDirectory()) return;
  throw new JvsError(`Cannot use "${views}": it is no folder`, {
    code: "E_CONFIG",
    hint: "Move it away: it holds nothing that jvs could not make again",
    details: { path: views },
  });
}
