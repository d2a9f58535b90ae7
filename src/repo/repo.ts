import { realpathSync, statSync } from "../fs/files.ts";
import { isLink } from "../fs/is-there.ts";
import { JvsError } from "../model/errors.ts";
import { dirname, resolve } from "../model/path.ts";
import { readTextIfAny } from "./control-file.ts";
import { notUnderstood, readJsonObject } from "./json-object.ts";
import { controlFolders, type Layout, layoutOf } from "./layout.ts";
import { followPointer } from "./worktree-pointer.ts";

/** A repository on disk. This room alone knows what is inside `.jvs`. */
export interface Repo {
  readonly layout: Layout;
  readonly record: RepoRecord;
}

/** `project`: workspaces beside `.jvs`; `in-place`: the folder around `.jvs` is the workspace. */
export type RepoLayout = "project" | "in-place";

/** What `repo.json` holds. Keys that this version does not know stay in the object. */
export interface RepoRecord {
  readonly repo_id: string;
  readonly layout: RepoLayout;
  readonly created_at: string;
  /** `auto`, or the engine that `init` was told to use. */
  readonly engine: string;
}

/** The only on-disk format this program reads and writes. */
export const FORMAT_VERSION = 2;

/**
 * The repository that `folder` is in: the nearest ancestor with a `.jvs` of ours. The path is
 * followed as it is written first, and as it really is (without links) second.
 *
 * @returns undefined outside of any repository.
 * @throws E_FORMAT_UNSUPPORTED when it is of another format, E_CONFIG when `repo.json` is garbled.
 */
export function findRepo(folder: string): Repo | undefined {
  const root = findRepoRoot(folder);
  return root === undefined ? undefined : openRepo(root);
}

/** The folder of that repository, whatever state it is in. */
export function findRepoRoot(folder: string): string | undefined {
  return findRoot(resolve(folder)) ?? findRoot(physicalPath(folder));
}

function findRoot(folder: string | undefined): string | undefined {
  if (folder === undefined) return undefined;
  const root = rootAt(folder);
  if (root !== undefined) return root;
  const parent = dirname(folder);
  return parent === folder ? undefined : findRoot(parent);
}

function physicalPath(folder: string): string | undefined {
  try {
    return realpathSync(folder);
  } catch {
    return undefined; // The folder is gone: there is no second way to look at it.
  }
}

/** The root that a `.jvs` of ours in `folder` means, if there is one, and not just something of that name. */
function rootAt(folder: string): string | undefined {
  const { jvs, formatVersion, repoJson } = layoutOf(folder);
  const kind = kindOf(jvs);
  if (kind === "file") return followPointer(jvs);
  if (kind === undefined) return undefined;
  try {
    return isThere(formatVersion) || isThere(repoJson) ? folder : undefined;
  } catch {
    return folder; // Closed to us: opening it says so, which is better than "no repository".
  }
}

function kindOf(path: string): "folder" | "file" | undefined {
  try {
    const stat = statSync(path);
    if (stat?.isDirectory()) return "folder";
    return stat?.isFile() ? "file" : undefined;
  } catch {
    return undefined; // An ancestor that we may not look into is not ours to use.
  }
}

function isThere(path: string): boolean {
  return statSync(path) !== undefined;
}

/**
 * Opens the repository in the folder `root`.
 *
 * @throws E_FORMAT_UNSUPPORTED, E_CONFIG
 */
export function openRepo(root: string): Repo {
  const layout = layoutOf(root);
  refuseLinks(layout);
  checkFormat(layout);
  return { layout, record: readRecord(layout) };
}

/**
 * A control folder that is a link would have us write, and clear away, wherever it leads: such a
 * `.jvs` can come with anybody's archive.
 */
function refuseLinks(layout: Layout): void {
  const { jvs } = layout;
  for (const path of [jvs, ...controlFolders(layout)]) {
    if (!isLink(path)) continue;
    throw new JvsError(`Cannot use the repository in "${dirname(jvs)}": "${path}" is a link`, {
      code: "E_CONFIG",
      hint: "Control folders must be real folders; put it in place, or leave this repository alone",
      details: { path },
    });
  }
}

function checkFormat({ root, formatVersion }: Layout): void {
  const digits = /^\s*(\d+)/.exec(readTextIfAny(formatVersion) ?? "")?.[1];
  if (digits === undefined) throw unsupported(root, { why: `"${formatVersion}" holds no version` });
  const version = Number(digits);
  if (version > FORMAT_VERSION) {
    throw unsupported(root, {
      why: `its format version ${version} is too new, this jvs reads version ${FORMAT_VERSION}`,
      hint: "Install a newer jvs",
      version,
    });
  }
  if (version < FORMAT_VERSION) {
    throw unsupported(root, {
      why: `it has format version ${version}, this jvs works with version ${FORMAT_VERSION}`,
      hint: "Run `jvs upgrade` to bring it up to date",
      version,
    });
  }
}

interface Mismatch {
  readonly why: string;
  readonly hint?: string;
  readonly version?: number;
}

function unsupported(root: string, { why, hint, version }: Mismatch): JvsError {
  return new JvsError(`Cannot open the repository "${root}": ${why}`, {
    code: "E_FORMAT_UNSUPPORTED",
    hint: hint ?? `The file should hold ${FORMAT_VERSION}; put it back from a backup`,
    details: { supported: FORMAT_VERSION, ...(version === undefined ? {} : { version }) },
  });
}

function readRecord({ repoJson }: Layout): RepoRecord {
  const record = readJsonObject(repoJson);
  if (record === undefined) throw notUnderstood(repoJson, "it is missing");
  const { repo_id, layout, created_at, engine } = record;
  const texts = Object.entries({ repo_id, created_at, engine });
  const wrong = texts.find(([, value]) => typeof value !== "string" || value === "");
  if (wrong) throw notUnderstood(repoJson, `"${wrong[0]}" is no text`);
  if (layout !== "project" && layout !== "in-place") {
    throw notUnderstood(repoJson, '"layout" is neither "project" nor "in-place"');
  }
  return record as unknown as RepoRecord;
}
