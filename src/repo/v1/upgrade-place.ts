import {
  closeSync,
  copyFileSync,
  lstatSync,
  openSync,
  readdirSync,
  realpathSync,
  renameSync,
  statSync,
} from "node:fs";
import { dirname, resolve } from "node:path";
import { exchange } from "../../fs/at.ts";
import { tryLockFile } from "../../fs/flock.ts";
import { AT_FDCWD } from "../../fs/libc.ts";
import { syncFiles } from "../../fs/sync-files.ts";
import { syncFolder } from "../../fs/write-atomic.ts";
import { JvsError } from "../../model/errors.ts";
import { failPoint } from "../../model/fail-point.ts";
import { fromText } from "../../model/raw-path.ts";
import { readTextIfAny } from "../control-file.ts";
import { writeControlFolder } from "../create-repo.ts";
import { removeDraft } from "../drafts.ts";
import { layoutIn, settingsPath } from "../layout.ts";
import type { Repo } from "../repo.ts";
import { type UpgradePaths, upgradePaths, type V1Layout, v1LayoutIn } from "./v1-layout.ts";

/** A repository that nobody else upgrades while we hold it. */
export interface UpgradePlace extends Disposable {
  readonly root: string;
  /** The control folder of version 1; undefined when the repository is up to date. */
  readonly old: V1Layout | undefined;
  /** Where an upgraded control folder of version 1 is kept, if there is one. */
  readonly kept: string | undefined;
}

/** How many files are synced at once. */
const SYNC_BATCH = 128;

/**
 * The repository around `folder`, whatever its format. An exchange of control folders that was cut
 * short is finished, or taken back.
 *
 * @returns undefined outside of any repository.
 * @throws E_LOCKED while another process upgrades it, E_FORMAT_UNSUPPORTED when the version is garbled or too new
 */
export function holdUpgradePlace(folder: string): UpgradePlace | undefined {
  const root = findRoot(resolve(folder)) ?? findRoot(realpathSync(folder));
  if (root === undefined) return undefined;
  const fd = openSync(root, "r");
  try {
    if (!tryLockFile(fd, root)) throw atWork(root);
    const paths = upgradePaths(root);
    finishExchange(paths);
    const old = versionOf(paths.current) === 2 ? undefined : v1LayoutIn(root, paths.current);
    const kept = isThere(paths.kept) ? paths.kept : undefined;
    return { root, old, kept, [Symbol.dispose]: () => closeSync(fd) };
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

/**
 * Makes the new control folder beside the old one; what an earlier attempt left goes away first.
 *
 * @throws E_EXISTS when the name under which the old one is to be kept is taken
 */
export function startUpgrade({ root, kept }: UpgradePlace, now: Date): Repo {
  if (kept !== undefined) throw taken(kept);
  const { current, next } = upgradePaths(root);
  discardUpgrade(root);
  const layout = layoutIn(root, next);
  const record = {
    repo_id: readTextIfAny(v1LayoutIn(root, current).repoId)?.trim() || crypto.randomUUID(),
    layout: "project",
    created_at: now.toISOString(),
    engine: "auto",
  } as const;
  writeControlFolder(layout, record);
  return { layout, record };
}

/** Takes the settings over as they are: their format is the same. */
export function copyV1Settings({ config }: V1Layout, { layout }: Repo): void {
  if (isThere(config)) copyFileSync(config, settingsPath(layout));
}

/** Removes the control folder that was begun. */
export function discardUpgrade(root: string): void {
  removeDraft(upgradePaths(root).next);
}

/**
 * Puts the new control folder in the place of the old one, which is kept beside it, untouched.
 *
 * @returns where the old one is
 */
export async function finishUpgrade({ root }: UpgradePlace): Promise<string> {
  const paths = upgradePaths(root);
  await syncBelow(paths.next);
  syncFolder(root);
  failPoint("upgrade-exchange");
  exchange(placeOf(paths.next), placeOf(paths.current));
  failPoint("upgrade-exchanged");
  renameSync(paths.next, paths.kept);
  syncFolder(root);
  return paths.kept;
}

/** Removes the kept control folder for good. */
export function removeKept(kept: string): void {
  removeDraft(kept);
}

function findRoot(folder: string): string | undefined {
  const { current, parked } = upgradePaths(folder);
  if (versionOf(current) !== undefined || versionOf(parked) !== undefined) return folder;
  const parent = dirname(folder);
  return parent === folder ? undefined : findRoot(parent);
}

/** What a kill between two renames left: each name says what is there, so does its version. */
function finishExchange({ current, next, parked, kept }: UpgradePaths): void {
  if (isThere(parked) && !isThere(current)) renameSync(parked, current);
  const version = versionOf(current);
  if (version === undefined || version > 2) throw unsupported(current, version);
  if (version < 2) return;
  for (const left of [parked, next])
    if (isThere(left) && !isThere(kept) && isOld(left)) renameSync(left, kept);
}

function isOld(jvs: string): boolean {
  const version = versionOf(jvs);
  return version !== undefined && version < 2;
}

/** Undefined where there is no version that makes sense. */
function versionOf(jvs: string): number | undefined {
  if (statSync(jvs, { throwIfNoEntry: false })?.isDirectory() !== true) return undefined;
  const text = readTextIfAny(v1LayoutIn("", jvs).formatVersion);
  const digits = /^\s*(\d+)/.exec(text ?? "")?.[1];
  return digits === undefined ? undefined : Number(digits);
}

function placeOf(path: string): { at: number; name: ReturnType<typeof fromText> } {
  return { at: AT_FDCWD, name: fromText(path) };
}

function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

async function syncBelow(folder: string): Promise<void> {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true });
  const paths = [folder, ...names.map(({ parentPath, name }) => `${parentPath}/${name}`)];
  for (let at = 0; at < paths.length; at += SYNC_BATCH) {
    const fds = paths.slice(at, at + SYNC_BATCH).map((path) => openSync(path, "r"));
    try {
      await syncFiles(fds);
    } finally {
      for (const fd of fds) closeSync(fd);
    }
  }
}

function atWork(root: string): JvsError {
  return new JvsError(`Cannot upgrade "${root}": another process is doing it`, {
    code: "E_LOCKED",
    hint: "Wait for it to end; then `jvs info` shows the repository",
    details: { repo_root: root },
  });
}

function taken(kept: string): JvsError {
  return new JvsError(
    `Cannot upgrade: "${kept}", where the old control folder is to be kept, is there already`,
    {
      code: "E_EXISTS",
      hint: `It is of an earlier upgrade. Look into it, then run \`rm -r "${kept}"\` or move it away`,
      details: { path: kept },
    },
  );
}

function unsupported(jvs: string, version: number | undefined): JvsError {
  const what = version === undefined ? "it holds no version" : `its version ${version} is too new`;
  return new JvsError(`Cannot upgrade "${jvs}": ${what}`, {
    code: "E_FORMAT_UNSUPPORTED",
    hint: version === undefined ? "Put format_version back from a backup" : "Install a newer jvs",
    details: { path: jvs },
  });
}
