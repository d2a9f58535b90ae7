import type { Loss, LossKind } from "../model/entry.ts";
import { pathFields, type RawPath } from "../model/raw-path.ts";

const WHY: Readonly<Record<LossKind, string>> = {
  socket: "a socket has no content to keep",
  device: "a device node is not kept",
  mount: "something else is mounted there; its content is not kept",
  subvolume: "it is a subvolume of its own; a snapshot of btrfs does not hold its content",
  unreadable: "permission denied",
  unstable: "it kept changing while it was read",
  xattr: "an extended attribute could not be read",
  ignored: "an ignore rule keeps it out of snapshots",
};

/** The loss of `path`, with the usual reason. */
export function lossOf(path: RawPath, kind: LossKind, why: string = WHY[kind]): Loss {
  const { path: text, ...bytes } = pathFields(path);
  return { path: text, kind, why, ...bytes };
}
