import { PackSet } from "./pack-set.ts";

/** By folder. */
let kept: Map<string, PackSet> | undefined;

/** From now on this process remembers which objects are in which packs, from one command to the next. */
export function keepPacks(): void {
  kept ??= new Map();
}

/** The packs in a folder: those that an earlier command looked into, where they are kept. */
export function packsIn(folder: string): PackSet {
  const known = kept?.get(folder) ?? new PackSet(folder);
  kept?.set(folder, known);
  return known;
}

/** At the end of a command: no file stays open, and the folder is listed by the next one. */
export function restPacks(): void {
  for (const packs of kept?.values() ?? []) packs.rest();
}
