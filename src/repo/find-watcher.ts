import { existsSync } from "../fs/files.ts";
import { type Layout, watchSocketPlace } from "./layout.ts";

/** Whether anybody may be listening; a process that was killed leaves its socket behind. */
export function hasWatcher(layout: Layout): boolean {
  const { folder, name } = watchSocketPlace(layout);
  return existsSync(`${folder}/${name}`);
}
