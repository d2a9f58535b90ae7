import { closeFd, openFolder } from "../fs/at.ts";
import { nestedSubvolumes } from "../fs/btrfs/nested-subvolumes.ts";
import {
  commitChanges,
  isSubvolume,
  setReadOnly,
  snapshotSubvolume,
  subvolumeOf,
} from "../fs/btrfs/subvolume.ts";
import { AT_FDCWD } from "../fs/libc.ts";
import { removeBelow } from "../fs/remove-below.ts";
import { onSameFileSystem } from "../fs/same-file-system.ts";
import { containsPath } from "../model/contains-path.ts";
import type { Loss } from "../model/entry.ts";
import { basename, dirname } from "../model/path.ts";
import { fromText, type RawPath } from "../model/raw-path.ts";
import { lossOf } from "../tree/loss-of.ts";
import { ignoredPaths } from "../tree/scan-result.ts";
import type { WorkspaceFolder } from "../tree/workspace-folder.ts";
import { captureSlot, type FilledSlot } from "./capture-slot.ts";
import type { CaptureInput, Engine, EnginePlace, Frozen, Probe } from "./engine.ts";
import { subvolumeKey, touchedSince } from "./subvolume-history.ts";

/** Every snapshot a read-only subvolume: made at once, however much is in the workspace. */
export const btrfsSnapshotEngine: Engine = {
  name: "btrfs-snapshot",
  keepsFolders: true,
  probe,
  capture: (input) => captureSlot(input, fill),
  freeze,
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

async function fill({ workspace, slot, scan }: CaptureInput): Promise<FilledSlot> {
  const { losses, leaveOut } = freeze(workspace, slot);
  leaveOut(ignoredPaths(scan));
  return { losses, hasMetadata: true, bytes: 0, isDurable: true };
}

function freeze({ fd }: WorkspaceFolder, slot: string): Frozen {
  const losses = foreignIn(fd).map((path): Loss => lossOf(path, "subvolume"));
  withFolder(dirname(slot), (at) =>
    snapshotSubvolume(fd, { at, name: fromText(basename(slot)) }, { readOnly: true }),
  );
  const subvolume = subvolumeKey(subvolumeOf(fd).uuid);
  const generation = withFolder(slot, subvolumeOf).createdIn;
  return {
    losses,
    token: { subvolume, generation },
    changedSince(before) {
      if (before.subvolume !== subvolume || before.generation > generation) return undefined;
      return withFolder(slot, (at) => touchedSince(at, before.generation));
    },
    leaveOut: (paths) => leaveOut(slot, paths),
  };
}

/** What rules leave out of snapshots is in none, not even where nobody looks. */
function leaveOut(slot: string, ignored: readonly RawPath[]): void {
  if (ignored.length === 0) return;
  withFolder(slot, (fd) => {
    setReadOnly(fd, false);
    removeBelow(fd, ignored);
    setReadOnly(fd, true);
    commitChanges(fd);
  });
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
