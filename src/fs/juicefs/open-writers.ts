import type { RawPath } from "../../model/raw-path.ts";
import { descriptorsOf, listPids } from "../open-descriptors.ts";

/**
 * The files below `folder` that some process has open for writing, as paths relative to it.
 *
 * Neither times nor sizes tell: JuiceFS shows the old time of an old file until its writer's bytes
 * reach the volume, so that one that is written over in place looks untouched. The kernel knows who
 * has it open. Processes of other users are seen by root alone, those of other hosts and containers by
 * nobody here.
 *
 * @param folder A real path.
 */
export function filesOpenForWriting(folder: RawPath): RawPath[] {
  const found = new Set<RawPath>();
  for (const pid of listPids())
    for (const { target, isForWriting } of descriptorsOf(pid))
      if (target.startsWith(`${folder}/`) && isForWriting())
        found.add(target.slice(folder.length + 1) as RawPath);
  return [...found];
}
