import { fileSystemOf } from "../fs/mounts.ts";
import type { Repo } from "./repo.ts";

/** The kind of file system that holds the repository, such as `ext4`. */
export function fileSystemName({ layout }: Repo): string {
  return fileSystemOf(layout.jvs);
}
