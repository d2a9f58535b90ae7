import { closeFd, openFolder } from "../fs/at.ts";
import { copyFile } from "../fs/copy-file.ts";
import { AT_FDCWD } from "../fs/libc.ts";
import { fromText, type RawPath } from "../model/raw-path.ts";
import { captureSlot, type FilledSlot } from "./capture-slot.ts";
import { copyWorkspace } from "./copy-workspace.ts";
import type { CaptureInput, Engine } from "./engine.ts";
import { makeSlotFolder } from "./make-slot-folder.ts";
import { PreviousSlot } from "./previous-slot.ts";

/**
 * Every snapshot a plain folder, on any file system. A file that is as in the snapshot before is
 * that file, under a second name.
 */
export const copyEngine: Engine = {
  name: "copy",
  keepsFolders: true,
  probe: () => ({ usable: true }),
  capture: (input) => captureSlot(input, fill),
};

async function fill(input: CaptureInput): Promise<FilledSlot> {
  makeSlotFolder(input.slot);
  const slot = openFolder(AT_FDCWD, fromText(input.slot));
  let bytes = 0;
  const copyBytes = (target: number, source: number, size: number): void => {
    copyFile({ target, source, name: "" as RawPath }, size);
    bytes += size;
  };
  using previous =
    input.previous === undefined ? undefined : new PreviousSlot(input.scan, input.previous);
  try {
    const losses = await copyWorkspace(input, slot, {
      copyBytes,
      ...(previous === undefined ? {} : { previous }),
    });
    return { losses, hasMetadata: false, bytes };
  } finally {
    closeFd(slot);
  }
}
