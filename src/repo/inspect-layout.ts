import { lstatSync, mkdirSync, readdirSync } from "node:fs";
import { basename } from "node:path";
import { writeAtomic } from "../fs/write-atomic.ts";
import { tryReadText } from "./control-file.ts";
import type { Layout } from "./layout.ts";
import { FORMAT_VERSION } from "./repo.ts";

/** What is wrong with the folder of a repository itself. */
export interface LayoutFault {
  readonly path: string;
  readonly kind:
    | "missing-folder"
    | "no-folder"
    | "wrong-text"
    | "no-version"
    | "wrong-version"
    | "stray"
    | "open-to-others";
  readonly why: string;
}

const GITIGNORE = "*\n";
const VERSION = `${FORMAT_VERSION}\n`;
/** Without these there is no telling what else is missing. */
const VITAL: readonly (keyof Layout)[] = ["descriptors", "worktrees", "packs"];
/** Made where they are needed; backups like to leave out empty ones. */
const OTHERS: readonly (keyof Layout)[] = [
  "snapshots",
  "objects",
  "files",
  "pins",
  "labels",
  "audit",
  "gc",
  "gcPlans",
  "gcTombstones",
  "intents",
  "drafts",
  "locks",
  "cache",
];

/** Looks at the folders and the fixed files of `.jvs`. */
export function* inspectLayout(layout: Layout): Generator<LayoutFault> {
  yield* inspectVersion(layout);
  for (const key of [...VITAL, ...OTHERS]) yield* inspectFolder(layout[key]);
  const { text: ignored, fault } = tryReadText(layout.gitignore);
  if (ignored !== GITIGNORE)
    yield {
      path: layout.gitignore,
      kind: "wrong-text",
      why: fault ?? (ignored === undefined ? "it is missing" : "it does not hold the one line `*`"),
    };
  yield* inspectStrays(layout);
  const mode = lstatSync(layout.jvs).mode & 0o777;
  if ((mode & 0o077) !== 0) {
    const why = `others may look into it (mode ${mode.toString(8)})`;
    yield { path: layout.jvs, kind: "open-to-others", why };
  }
}

/** Whether the version is one that this program may work with, and spelled as it should be. */
export function* inspectVersion({ formatVersion }: Layout): Generator<LayoutFault> {
  const { text, fault } = tryReadText(formatVersion);
  const digits = /^\s*(\d+)/.exec(text ?? "")?.[1];
  if (text === VERSION) return;
  if (digits === undefined)
    yield {
      path: formatVersion,
      kind: "no-version",
      why: fault ?? (text === undefined ? "it is missing" : "it holds no version"),
    };
  else if (Number(digits) !== FORMAT_VERSION)
    yield {
      path: formatVersion,
      kind: "wrong-version",
      why: `format version ${digits}; this jvs works with version ${FORMAT_VERSION}`,
    };
  else yield { path: formatVersion, kind: "wrong-text", why: "there is more in it than a version" };
}

function* inspectFolder(path: string): Generator<LayoutFault> {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) yield { path, kind: "missing-folder", why: "the folder is missing" };
  else if (!stat.isDirectory()) yield { path, kind: "no-folder", why: "it is no folder" };
}

/** Names right in `.jvs` that are not ours. */
function* inspectStrays(layout: Layout): Generator<LayoutFault> {
  const ours = new Set(
    Object.values(layout)
      .filter((path) => path.startsWith(`${layout.jvs}/`))
      .map((path) => path.slice(layout.jvs.length + 1).split("/")[0]),
  );
  for (const name of readdirSync(layout.jvs))
    if (!ours.has(name) && !/^config\b/.test(name))
      yield { path: `${layout.jvs}/${name}`, kind: "stray", why: "it is no part of a repository" };
}

/** Makes the missing folders and puts right the fixed files. Returns the names of what it mended. */
export function repairLayout(layout: Layout): string[] {
  const faults = [...inspectLayout(layout)];
  const folders = faults.filter(({ kind }) => kind === "missing-folder");
  for (const { path } of folders) mkdirSync(path, { recursive: true });
  const files = faults.filter(({ kind }) => kind === "wrong-text");
  for (const { path } of files)
    writeAtomic(path, path === layout.gitignore ? GITIGNORE : VERSION, { sync: true });
  return [...folders, ...files].map(({ path }) => basename(path));
}
