import { inWords } from "../../model/raw-path.ts";
import type { Descriptor } from "../../model/snapshot.ts";

/** The paths of a partial snapshot, or of a restore of some paths, as people see them. */
export function partialPathsInWords({
  partial_paths: paths = [],
  partial_paths_base64: bytes,
}: Pick<Descriptor, "partial_paths" | "partial_paths_base64">): string[] {
  const isUtf8 = (at: number): boolean => {
    const one = bytes?.[at];
    return one === undefined || Buffer.from(one, "base64").toString() === paths[at];
  };
  return paths.map((path, at) => (isUtf8(at) ? inWords({ path }) : path));
}
