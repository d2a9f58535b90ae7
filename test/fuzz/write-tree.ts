import {
  chmodSync,
  closeSync,
  ftruncateSync,
  lchownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  symlinkSync,
  writeSync,
} from "node:fs";
import { IS_ROOT } from "../sandbox.ts";
import { makeFifo, setMtime, setXattr } from "../system-calls.ts";
import type { PlacementSpec, ThingSpec } from "./arbitrary-tree.ts";

/** What is at a path, for those who choose among many. */
export interface Found {
  /** Latin-1, from the root of the folder. */
  readonly path: string;
  readonly kind: "file" | "folder" | "other";
}

/** Everything below `root`, sorted, but for the control folder. */
export function listTree(root: string, path = ""): Found[] {
  const names = readdirSync(at(root, path), { encoding: "buffer" }).map((name) =>
    name.toString("latin1"),
  );
  return names.sort().flatMap((name): Found[] => {
    const child = path === "" ? name : `${path}/${name}`;
    if (child === ".jvs") return [];
    const stat = lstatSync(at(root, child));
    if (stat.isDirectory()) return [{ path: child, kind: "folder" }, ...listTree(root, child)];
    return [{ path: child, kind: stat.isFile() ? "file" : "other" }];
  });
}

/** The bytes of a path below `root`. */
export function at(root: string, path: string): Buffer {
  return Buffer.concat([Buffer.from(`${root}/`), Buffer.from(path, "latin1")]);
}

/** Follows the list; what cannot be done (the name is taken) is left out. */
export function writeTree(root: string, placements: readonly PlacementSpec[]): void {
  for (const placement of placements) place(root, placement);
}

/** Puts one thing into the folder; nothing where its name is taken. */
export function place(root: string, { folder, name, linkTo, thing }: PlacementSpec): void {
  const found = listTree(root);
  const folders = ["", ...found.filter(({ kind }) => kind === "folder").map(({ path }) => path)];
  const above = folders[folder % folders.length];
  const path = above === "" ? name : `${above}/${name}`;
  if (path === ".jvs" || lstatSync(at(root, path), { throwIfNoEntry: false })) return;
  const files = found.filter(({ kind }) => kind === "file");
  const source = linkTo === undefined ? undefined : files[linkTo % files.length];
  if (source === undefined) makeThing(at(root, path), thing);
  else linkSync(at(root, source.path), at(root, path));
}

/** Makes the thing under a name that is free. */
export function makeThing(path: Buffer, thing: ThingSpec): void {
  if (thing.kind === "folder") mkdirSync(path);
  else if (thing.kind === "link") symlinkSync(Buffer.from(thing.target, "latin1"), path);
  else if (thing.kind === "fifo") makeFifo(path, 0o600);
  else writeContent(path, thing);
  describeThing(path, thing);
}

/** Owner, attributes, mode and time, in the order in which one does not undo the other. */
function describeThing(path: Buffer, thing: ThingSpec): void {
  if (IS_ROOT && thing.owner !== 0) lchownSync(path, thing.owner, thing.owner);
  for (const { name, value } of thing.attributes) trySetXattr(path, name, value);
  if (thing.kind !== "link") chmodSync(path, allowed(thing));
  setMtime(path, thing.mtime);
}

/** Only root can look into what nobody may. */
function allowed({ mode, kind }: ThingSpec): number {
  if (IS_ROOT) return mode;
  return (mode & 0o777) | (kind === "folder" ? 0o700 : 0o600);
}

/** Not every file system, kind and user may have every attribute. An ACL may take rights from its owner. */
export function trySetXattr(path: Buffer, name: string, value: Uint8Array): void {
  if (!IS_ROOT && name.startsWith("system.")) return;
  try {
    setXattr(path, name, value);
  } catch {}
}

export function writeContent(path: Buffer, { size, seed, hole }: ThingSpec): void {
  const fd = openSync(path, "w", 0o600);
  try {
    if (hole > 0) ftruncateSync(fd, hole + size);
    if (size > 0) writeSync(fd, makeBytes(size, seed), 0, size, hole);
  } finally {
    closeSync(fd);
  }
}

/** Seed 0 gives zeros, 1 text, others noise. */
export function makeBytes(size: number, seed: number): Buffer {
  const bytes = Buffer.alloc(size, seed === 1 ? "the quick brown fox\n" : 0);
  if (seed < 2) return bytes;
  let state = seed * 0x9e3779b1 + size;
  for (let index = 0; index < size; index++) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    bytes[index] = state >>> 24;
  }
  return bytes;
}
