import { constants, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { fromBytes, type RawPath } from "../../model/raw-path.ts";

/**
 * The files below `folder` that some process has open for writing, as paths relative to it.
 *
 * Neither times nor sizes tell: JuiceFS shows the old time of an old file until its writer's bytes
 * reach the volume, so that one that is written over in place looks untouched. The kernel knows who
 * has it open (proc(5), fd and fdinfo). Processes of other users are seen by root alone, those of
 * other hosts and containers by nobody here.
 *
 * @param folder A real path.
 */
export function filesOpenForWriting(folder: RawPath): RawPath[] {
  const found = new Set<RawPath>();
  for (const pid of listNumbers("/proc"))
    for (const fd of listNumbers(`/proc/${pid}/fd`)) {
      const path = targetOf(`/proc/${pid}/fd/${fd}`);
      if (!path.startsWith(`${folder}/`) || !isForWriting(`/proc/${pid}/fdinfo/${fd}`)) continue;
      found.add(path.slice(folder.length + 1) as RawPath);
    }
  return [...found];
}

/** None when it has ended, or is not ours to look at. */
function listNumbers(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
}

function targetOf(link: string): string {
  try {
    return fromBytes(readlinkSync(link, "buffer"));
  } catch {
    return ""; // Closed meanwhile.
  }
}

function isForWriting(info: string): boolean {
  const O_ACCMODE = 3;
  try {
    const [, flags = "0"] = /^flags:\s*(\d+)/m.exec(readFileSync(info, "utf8")) ?? [];
    return (Number.parseInt(flags, 8) & O_ACCMODE) !== constants.O_RDONLY;
  } catch {
    return false; // Closed meanwhile.
  }
}
