import { rmSync } from "node:fs";
import { listFolderIfAny } from "./folders.ts";
import type { Repo } from "./repo.ts";

/** Removes all that is cached: it is made anew when it is needed. Returns how many files there were. */
export function clearCache({ layout }: Repo): number {
  const names = listFolderIfAny(layout.cache);
  for (const name of names) rmSync(`${layout.cache}/${name}`, { recursive: true, force: true });
  return names.length;
}
