import {
  appendFileSync,
  chmodSync,
  closeSync,
  constants,
  copyFileSync,
  lchownSync,
  linkSync,
  lstatSync,
  openSync,
  renameSync,
  rmSync,
  truncateSync,
  writeSync,
} from "node:fs";
import { IS_ROOT } from "../sandbox.ts";
import { listXattrs, removeXattr, setMtime } from "../system-calls.ts";
import type { MutationSpec } from "./arbitrary-tree.ts";
import {
  at,
  type Found,
  listTree,
  makeThing,
  place,
  trySetXattr,
  writeContent,
} from "./write-tree.ts";

/** Does to the folder what the list says; what cannot be done there is left out. */
export function mutateTree(root: string, mutations: readonly MutationSpec[]): void {
  for (const mutation of mutations) {
    try {
      mutate(root, mutation);
    } catch (error) {
      if (!(error instanceof Error && "code" in error)) throw error;
    }
  }
}

/** What a deed works on. */
interface Scene {
  readonly root: string;
  readonly path: Buffer;
  /** Some other path that is there. */
  readonly other: Buffer;
  readonly isFile: boolean;
  readonly mutation: MutationSpec;
}

function mutate(root: string, mutation: MutationSpec): void {
  if (mutation.does === "add") place(root, mutation.placement);
  else if (mutation.does === "change the root folder") changeRoot(root, mutation);
  else mutateOne(root, mutation);
}

function mutateOne(root: string, mutation: MutationSpec): void {
  const found = listTree(root);
  if (found.length === 0) return;
  const pick = (which: number): Found => found[which % found.length] as Found;
  const { path, kind } = pick(mutation.at);
  DEEDS[mutation.does]?.({
    root,
    path: at(root, path),
    other: at(root, pick(mutation.other).path),
    isFile: kind === "file",
    mutation,
  });
}

type Deed = (scene: Scene) => void;

const DEEDS: Partial<Record<MutationSpec["does"], Deed>> = {
  "edit in place": editInPlace,
  "edit and set the time back": (scene) => {
    const { mtimeNs } = lstatSync(scene.path, { bigint: true });
    editInPlace(scene);
    setMtime(scene.path, mtimeNs);
  },
  append: ({ path, isFile }) => {
    if (isFile) appendFileSync(path, "more\n");
  },
  truncate: ({ path, isFile, mutation }) => {
    if (isFile) truncateSync(path, mutation.placement.thing.size);
  },
  "replace by rename": ({ path, isFile, mutation }) => {
    if (!isFile) return;
    const draft = Buffer.concat([path.subarray(0, path.lastIndexOf("/") + 1), Buffer.from("#1")]);
    writeContent(draft, mutation.placement.thing);
    renameSync(draft, path);
  },
  remove: ({ path }) => removeAll(path),
  rename: ({ root, path, mutation }) => {
    const { folder, name } = mutation.placement;
    const folders = listTree(root).filter(({ kind }) => kind === "folder");
    const above = folders[folder % (folders.length + 1)];
    const to = above === undefined ? name : `${above.path}/${name}`;
    if (to !== ".jvs") renameSync(path, at(root, to));
  },
  "swap names": ({ root, path, other }) => {
    const parking = at(root, "#2");
    renameSync(path, parking);
    try {
      renameSync(other, path);
      renameSync(parking, other);
    } catch (error) {
      renameSync(parking, path);
      throw error;
    }
  },
  "change mode": ({ path, mutation }) => {
    if (!lstatSync(path).isSymbolicLink()) chmodSync(path, readable(mutation.placement.thing.mode));
  },
  "change time": ({ path, mutation }) => setMtime(path, mutation.placement.thing.mtime),
  "change owner": ({ path, mutation }) => {
    if (IS_ROOT) lchownSync(path, mutation.placement.thing.owner, mutation.other);
  },
  "change attributes": ({ path, mutation }) => changeAttributes(path, mutation),
  "change kind": ({ path, mutation }) => {
    removeAll(path);
    makeThing(path, mutation.placement.thing);
  },
  "add a hard link": ({ root, path, isFile, mutation }) => {
    if (isFile) linkSync(path, at(root, mutation.placement.name.replace(/^\.jvs$/, "jvs")));
  },
  "part a hard link": ({ root, path, isFile }) => {
    if (!isFile) return;
    const draft = at(root, "#3");
    copyFileSync(path, draft);
    renameSync(draft, path);
  },
};

/** Same size, other bytes: what only the kernel's clock gives away. */
function editInPlace({ path, isFile, mutation }: Scene): void {
  if (!isFile) return;
  const fd = openSync(path, constants.O_WRONLY);
  try {
    writeSync(fd, Buffer.from([mutation.other]), 0, 1, 0);
  } finally {
    closeSync(fd);
  }
}

function changeAttributes(path: Buffer, { placement: { thing } }: MutationSpec): void {
  for (const line of listXattrs(path)) removeXattr(path, line.split("=", 1)[0] as string);
  for (const { name, value } of thing.attributes) trySetXattr(path, name, value);
}

function changeRoot(root: string, mutation: MutationSpec): void {
  chmodSync(root, readable(mutation.placement.thing.mode));
  changeAttributes(Buffer.from(root), mutation);
}

function readable(mode: number): number {
  return IS_ROOT ? mode : mode | 0o700;
}

function removeAll(path: Buffer): void {
  rmSync(path, { recursive: true, force: true });
}
