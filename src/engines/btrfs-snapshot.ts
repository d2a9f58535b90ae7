import { basename, dirname } from "node:path";
import { closeFd, openFolder } from "../fs/at.ts";
import { nestedSubvolumes } from "../fs/btrfs/nested-subvolumes.ts";
import { isSubvolume, setReadOnly, snapshotSubvolume } from "../fs/btrfs/subvolume.ts";
import { AT_FDCWD } from "../fs/libc.ts";
import { removeBelow } from "../fs/remove-below.ts";
import { onSameFileSystem } from "../fs/same-file-system.ts";
import { containsPath } from "../model/contains-path.ts";
import type { Loss } from "../model/entry.ts";
import { fromText, type RawPath } from "../model/raw-path.ts";
import { lossOf } from "../tree/loss-of.ts";
import { ignoredPaths } from "../tree/scan-result.ts";
import { captureSlot, type FilledSlot } from "./capture-slot.ts";
import type { CaptureInput, Engine, EnginePlace, Probe } from "./engine.ts";

/** Every snapshot a read-only subvolume: made at once, however much is in the workspace. */
export const btrfsSnapshotEngine: Engine = {
  name: "btrfs-snapshot",
  keepsFolders: true,
  probe,
  capture: (input) => captureSlot(input, fill),
};

const CONTROL = ".jvs/";

function probe({ workspace, control }: EnginePlace): Probe {
  const refuse = (why: string): Probe => ({ usable: false, why });
  if (!isSubvolumeAt(workspace)) return refuse(`"${workspace}" is no subvolume of btrfs`);
  if (!onSameFileSystem(workspace, control))
    return refuse(`"${control}" lies on another file system`);
  if (containsPath(workspace, control) && !isSubvolumeAt(control))
    return refuse(`"${control}" is no subvolume of its own, so each snapshot would hold it`);
  const inner = withFolder(workspace, foreignIn);
  if (inner.length === 0) return { usable: true };
  return { usable: true, drawback: `what is in subvolumes inside is not kept (${inner[0]}, ...)` };
}

async function fill(input: CaptureInput): Promise<FilledSlot> {
  const { workspace, slot, scan } = input;
  const losses = foreignIn(workspace.fd).map((path): Loss => lossOf(path, "subvolume"));
  const ignored = ignoredPaths(scan);
  const parent = openFolder(AT_FDCWD, fromText(dirname(slot)));
  try {
    const place = { at: parent, name: fromText(basename(slot)) };
    snapshotSubvolume(workspace.fd, place, { readOnly: ignored.length === 0 });
    if (ignored.length > 0) leaveOut(slot, ignored);
  } finally {
    closeFd(parent);
  }
  return { losses, hasMetadata: true, bytes: 0 };
}

/** What rules leave out of snapshots is in none, not even where nobody looks. */
function leaveOut(slot: string, ignored: readonly RawPath[]): void {
  const fd = openFolder(AT_FDCWD, fromText(slot));
  try {
    removeBelow(fd, ignored);
    setReadOnly(fd, true);
  } finally {
    closeFd(fd);
  }
}

function isSubvolumeAt(path: string): boolean {
  return withFolder(path, isSubvolume);
}

/** Subvolumes inside, but for those of jvs itself. */
function foreignIn(fd: number): RawPath[] {
  return nestedSubvolumes(fd).filter((path) => !`${path}/`.startsWith(CONTROL));
}

function withFolder<T>(path: string, look: (fd: number) => T): T {
  const fd = openFolder(AT_FDCWD, fromText(`${path}/.`));
  try {
    return look(fd);
  } finally {
    closeFd(fd);
  }
}
