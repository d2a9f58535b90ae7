import { writeAtomic } from "../fs/write-atomic.ts";
import { readTextIfAny } from "./control-file.ts";
import { compareChecksum, formatJson, parseJsonObject } from "./json-object.ts";
import type { Repo } from "./repo.ts";

/**
 * Adds its checksum to a `repo.json` that has none: somebody edited it. All else in it stays. Durable
 * when this returns.
 *
 * @returns whether there was anything to do
 */
export function sealRepoRecord({ layout: { repoJson } }: Repo): boolean {
  const record = parseJsonObject(readTextIfAny(repoJson) ?? "");
  if (record === undefined || compareChecksum(record) !== "missing") return false;
  writeAtomic(repoJson, formatJson(record), { sync: true });
  return true;
}
