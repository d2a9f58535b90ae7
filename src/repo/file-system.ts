import { type Mount, mountOf, type Room, roomAt } from "../fs/mount-table.ts";
import { fileSystemOf } from "../fs/mounts.ts";
import type { Repo } from "./repo.ts";

/** The kind of file system that holds the repository, such as `ext4`. */
export function fileSystemName({ layout }: Repo): string {
  return fileSystemOf(layout.jvs);
}

/** Where the repository is mounted, and how; undefined where the system does not tell. */
export function mountOfRepo({ layout }: Repo): Mount | undefined {
  return mountOf(layout.jvs);
}

/** How much room there is for the repository. */
export function roomOfRepo({ layout }: Repo): Room {
  return roomAt(layout.jvs);
}
