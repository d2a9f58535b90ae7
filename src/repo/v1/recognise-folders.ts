import { lstatSync, readdirSync } from "node:fs";
import { dirname } from "node:path";
import { isFolder } from "../../fs/is-there.ts";
import { JvsError } from "../../model/errors.ts";
import { readTextIfAny, tryReadText } from "../control-file.ts";
import { layoutIn } from "../layout.ts";
import { readOperationsBackwards } from "../operation-log.ts";
import { openRepo } from "../repo.ts";
import { upgradePaths, type V1Layout, v1LayoutIn } from "./v1-layout.ts";

/**
 * Whether `kept` is the control folder that the repository in `root` was upgraded from: one of
 * version 1, with the same id, or where it has none with an upgrade in the log. A folder of somebody
 * who likes the name is not ours to remove.
 */
export function isFormer(root: string, kept: string): boolean {
  const { snapshots, repoId } = v1LayoutIn(root, kept);
  if (!isOld(kept) || !isFolder(snapshots)) return false;
  const repo = openRepo(root);
  const id = tryReadText(repoId).text?.trim() ?? "";
  if (id !== "") return id === repo.record.repo_id;
  for (const { operation } of readOperationsBackwards(repo))
    if (operation === "upgrade") return true;
  return false;
}

/** Whether `next` holds nothing but what an upgrade puts there. */
export function isBegun(root: string, next: string): boolean {
  if (lstatSync(next).isDirectory() === false) return false;
  const ours = new Set(
    Object.values(layoutIn(root, next)).map((path) => path.slice(next.length + 1)),
  );
  return readdirSync(next).every((name) => ours.has(name) || name.startsWith("config.yaml"));
}

/** What an upgrade that was cut short left beside the control folder, if anything. */
export function findLeftUpgrade(
  root: string,
): { readonly path: string; readonly isOld: boolean } | undefined {
  const { next, parked } = upgradePaths(root);
  for (const path of [next, parked]) {
    if (!isFolder(path)) continue;
    if (isOld(path)) return { path, isOld: true };
    if (isBegun(root, path)) return { path, isOld: false };
  }
  return undefined;
}

/** A part that is a link would have us take in, or remove, what lies elsewhere. */
export function refuseLinks({
  jvs,
  snapshots,
  descriptors,
  worktrees,
  auditLog,
  pins,
}: V1Layout): void {
  for (const path of [jvs, snapshots, descriptors, worktrees, dirname(auditLog), pins]) {
    if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() !== true) continue;
    throw new JvsError(`Cannot upgrade "${jvs}": "${path}" is a link`, {
      code: "E_CONFIG",
      hint: "Control folders must be real folders; put it in place, or leave this repository alone",
      details: { path },
    });
  }
}

/** Whether it is a control folder of version 1. */
export function isOld(jvs: string): boolean {
  const version = versionOf(jvs);
  return version !== undefined && version < 2;
}

/** Undefined where there is no version that makes sense. */
export function versionOf(jvs: string): number | undefined {
  if (!isFolder(jvs)) return undefined;
  const text = readTextIfAny(v1LayoutIn("", jvs).formatVersion);
  const digits = /^\s*(\d+)/.exec(text ?? "")?.[1];
  return digits === undefined ? undefined : Number(digits);
}
