import { closeSync, copyFileSync, openSync, readdirSync, realpathSync, renameSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { exchange } from "../../fs/at.ts";
import { tryLockFile } from "../../fs/flock.ts";
import { isThere } from "../../fs/is-there.ts";
import { AT_FDCWD } from "../../fs/libc.ts";
import { syncFiles } from "../../fs/sync-files.ts";
import { syncFolder } from "../../fs/write-atomic.ts";
import { JvsError } from "../../model/errors.ts";
import { failPoint } from "../../model/fail-point.ts";
import { fromText } from "../../model/raw-path.ts";
import { tryReadText } from "../control-file.ts";
import { writeControlFolder } from "../create-repo.ts";
import { removeDraft } from "../drafts.ts";
import { layoutIn, settingsPath } from "../layout.ts";
import type { Repo } from "../repo.ts";
import { readSettingsFile } from "../settings-file.ts";
import { isBegun, isFormer, isOld, refuseLinks, versionOf } from "./recognise-folders.ts";
import { type UpgradePaths, upgradePaths, type V1Layout, v1LayoutIn } from "./v1-layout.ts";

/** A repository that nobody else upgrades while we hold it. */
export interface UpgradePlace extends Disposable {
  readonly root: string;
  /** The control folder of version 1; undefined when the repository is up to date. */
  readonly old: V1Layout | undefined;
  /** Where the control folder of version 1 is kept that this repository was upgraded from, if there is one. */
  readonly kept: string | undefined;
  /** What has that name, and is something else. */
  readonly stranger: string | undefined;
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
    if (old !== undefined) refuseLinks(old);
    const isKept = isThere(paths.kept) && old === undefined && isFormer(root, paths.kept);
    return {
      root,
      old,
      kept: isKept ? paths.kept : undefined,
      stranger: isThere(paths.kept) && !isKept ? paths.kept : undefined,
      [Symbol.dispose]: () => closeSync(fd),
    };
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

/**
 * Makes the new control folder beside the old one; what an earlier attempt left goes away first.
 *
 * @throws E_EXISTS when the name under which the old one is to be kept is taken, or that of the new one
 */
export function startUpgrade({ root, stranger }: UpgradePlace, now: Date): Repo {
  if (stranger !== undefined) throw taken(stranger);
  const { current, next } = upgradePaths(root);
  if (isThere(next) && !isBegun(root, next)) throw taken(next);
  discardUpgrade(root);
  const layout = layoutIn(root, next);
  const record = {
    repo_id: tryReadText(v1LayoutIn(root, current).repoId).text?.trim() || crypto.randomUUID(),
    layout: "project",
    created_at: now.toISOString(),
    engine: "auto",
  } as const;
  writeControlFolder(layout, record);
  return { layout, record };
}

/**
 * Takes the settings over as they are: their format is the same. A file that makes no sense would
 * stop every command: it is kept beside.
 *
 * @returns what is wrong with it, in words
 */
export async function copyV1Settings(
  { config }: V1Layout,
  { layout }: Repo,
): Promise<string | undefined> {
  const { text, fault } = tryReadText(config);
  if (text === undefined) return fault;
  const path = settingsPath(layout);
  copyFileSync(config, path);
  try {
    await readSettingsFile(path);
    return undefined;
  } catch (error) {
    if (!(error instanceof JvsError)) throw error;
    renameSync(path, `${path}.broken`);
    return String(error.details.why);
  }
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

function placeOf(path: string): { at: number; name: ReturnType<typeof fromText> } {
  return { at: AT_FDCWD, name: fromText(path) };
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
  return new JvsError(`Cannot upgrade: "${kept}", a name that is needed for it, is there already`, {
    code: "E_EXISTS",
    hint: "Look into it, then move it away",
    details: { path: kept },
  });
}

function unsupported(jvs: string, version: number | undefined): JvsError {
  const what = version === undefined ? "it holds no version" : `its version ${version} is too new`;
  return new JvsError(`Cannot upgrade "${jvs}": ${what}`, {
    code: "E_FORMAT_UNSUPPORTED",
    hint: version === undefined ? "Put format_version back from a backup" : "Install a newer jvs",
    details: { path: jvs },
  });
}
