import { systemCodeOf } from "../model/errors.ts";
import { readdirSync } from "./files.ts";
import { isElsewhere } from "./mounts.ts";

/**
 * Has the kernel ask anew about all names in these folders, of one file system, where that is served
 * by a program or a machine elsewhere. There the kernel believes for a second or more what it knows of
 * names and sizes, while another host gives a name to another file, or appends to one; whoever then
 * appends here writes over that. A listing brings all of it anew (FUSE_READDIRPLUS, see
 * fuse_direntplus_link in fs/fuse/readdir.c of Linux). On other file systems this does nothing.
 *
 * @param folders those that do not exist are passed over
 * @throws the system's error
 */
export function lookAfresh(folders: readonly string[]): void {
  for (const folder of folders) {
    try {
      if (!isElsewhere(folder)) return;
      readdirSync(folder);
    } catch (error) {
      if (!/^(ENOENT|ENOTDIR)$/.test(systemCodeOf(error))) throw error;
    }
  }
}
