import { chmodSync, lstatSync, readdirSync, rmSync } from "node:fs";
import { systemCodeOf } from "../model/errors.ts";

/**
 * Removes the folder at `path` and all in it, read-only folders too. Removing what is gone is no error.
 *
 * @throws the system's error, when something cannot be removed
 */
export function removeTree(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch (error) {
    if (!/^(EACCES|EPERM)$/.test(systemCodeOf(error))) throw error;
    makeWritable(Buffer.from(path));
    rmSync(path, { recursive: true, force: true });
  }
}

/** A copied folder has the mode of its original, which may forbid to remove what is in it. */
function makeWritable(folder: Buffer): void {
  if (!lstatSync(folder).isDirectory()) return;
  chmodSync(folder, 0o700);
  // Bun gives bare names here even where entries with their types are asked for.
  for (const name of readdirSync(folder, { encoding: "buffer" }))
    makeWritable(Buffer.concat([folder, Buffer.from("/"), name]));
}
