import { chmodSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Turns over some bits of one byte of a file; a negative place counts from the end. */
export function flipByte(path: string, at: number, bits = 1): void {
  const bytes = readFileSync(path);
  const place = at < 0 ? bytes.length + at : at;
  bytes[place] = (bytes[place] ?? 0) ^ bits;
  chmodSync(path, 0o644);
  writeFileSync(path, bytes);
}

/** The files of that ending among the packs of a repository, with their paths, oldest name first. */
export function listPackFiles(jvs: string, ending: ".pack" | ".idx"): string[] {
  const folder = join(jvs, "objects/packs");
  return readdirSync(folder)
    .filter((name) => name.endsWith(ending))
    .sort()
    .map((name) => join(folder, name));
}

/** Deletes all that is stored, and keeps the records. */
export function loseAllContent(jvs: string): void {
  for (const ending of [".pack", ".idx"] as const)
    for (const path of listPackFiles(jvs, ending)) rmSync(path);
}
