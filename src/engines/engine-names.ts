import { OLD_ENGINE_NAMES } from "../model/settings.ts";
import type { EngineName } from "./engine.ts";

/**
 * What is known of engines by their names alone, for the many commands that make no snapshot: to
 * load the engines themselves takes a while.
 */
const FOLDER_ENGINES: readonly EngineName[] = [
  "btrfs-snapshot",
  "juicefs-clone",
  "reflink-copy",
  "copy",
];

/** The name that an engine has today. */
export function nameToday(name: string): string {
  return OLD_ENGINE_NAMES[name] ?? name;
}

/** Whether nobody asks for a certain engine. */
export function isAutomatic(wanted: string): boolean {
  return wanted === "" || wanted === "auto";
}

/** The names of the engines whose snapshots are folders of their own. */
export function folderEngines(): readonly EngineName[] {
  return FOLDER_ENGINES;
}

/** Whether snapshots by the engine of that name are folders of their own. */
export function keepsFolders(name: string): boolean {
  const today = nameToday(name);
  return FOLDER_ENGINES.some((engine) => engine === today);
}

/** Whether that engine copies file by file: nobody may write in those folders, and there is nothing else in them. */
export function copiesFiles(name: string): boolean {
  return /^(reflink-)?copy$/.test(nameToday(name));
}
