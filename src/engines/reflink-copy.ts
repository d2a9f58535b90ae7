import { closeFd, openFolder } from "../fs/at.ts";
import { cloneInto } from "../fs/clone-into.ts";
import { AT_FDCWD, throwErrno } from "../fs/libc.ts";
import { whyNoClones } from "../fs/why-no-clones.ts";
import { fromText, type RawPath } from "../model/raw-path.ts";
import { captureSlot, type FilledSlot } from "./capture-slot.ts";
import { copyWorkspace } from "./copy-workspace.ts";
import type { CaptureInput, Engine } from "./engine.ts";
import { makeSlotFolder } from "./make-slot-folder.ts";

/** Every snapshot a plain folder whose files share their blocks with the workspace's (XFS, btrfs). */
export const reflinkCopyEngine: Engine = {
  name: "reflink-copy",
  keepsFolders: true,
  probe({ control, workspace }) {
    const why = whyNoClones(control, workspace);
    return why === undefined ? { usable: true } : { usable: false, why };
  },
  capture: (input) => captureSlot(input, fill),
};

async function fill(input: CaptureInput): Promise<FilledSlot> {
  makeSlotFolder(input.slot);
  const slot = openFolder(AT_FDCWD, fromText(input.slot));
  try {
    const losses = await copyWorkspace(input, slot, { copyBytes: clone });
    return { losses, hasMetadata: false, bytes: 0 };
  } finally {
    closeFd(slot);
  }
}

function clone(target: number, source: number): void {
  if (!cloneInto(target, source)) throwErrno("clone", "" as RawPath);
}
