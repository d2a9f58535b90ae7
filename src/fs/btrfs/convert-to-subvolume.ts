import { readlinkSync } from "node:fs";
import { JvsError } from "../../model/errors.ts";
import { failPoint } from "../../model/fail-point.ts";
import { type Progress, SILENT } from "../../model/progress.ts";
import { type RawPath, toText } from "../../model/raw-path.ts";
import { closeFd, exchange, openFolder } from "../at.ts";
import { pathOfOpen } from "../files.ts";
import { FolderLister } from "../list-folder.ts";
import { mountsBelow } from "../mounts.ts";
import { listNames } from "../walk-folder.ts";
import { type Cloned, cloneTree } from "./clone-tree.ts";
import { deleteSubvolume } from "./delete-subvolume.ts";
import { findChanges, firstOf } from "./folder-state.ts";
import {
  commitChanges,
  createSubvolume,
  isBtrfs,
  isSubvolume,
  isSubvolumeAt,
  notBtrfs,
} from "./subvolume.ts";

export interface Converted {
  /** Where the folder that was there is now: a name beside. Its content is whole. */
  readonly former: RawPath;
  /**
   * What changed in the former folder, or was opened for writing there, too late to be seen before
   * the exchange. While there is any, the former folder has something that the new one has not.
   */
  readonly late: readonly RawPath[];
  /** See {@link Cloned.parted}. */
  readonly parted: readonly RawPath[];
}

/**
 * Puts a subvolume with the same content in the place of the folder `name`. The content is cloned
 * beside it and looked at once more; then the two exchange their names, so that there is a whole
 * folder under `name` at every instant, and all is durable when this returns. A crash leaves the old
 * one or the new one there, and perhaps the other beside it: see {@link findConversionLeftovers}.
 *
 * Programs that stand in the folder (`processesIn`), watch it or hold files in it open go on with the
 * former one; so does a lock on a file in it. Of inode flags (chattr) those that `copyInodeFlags`
 * knows are kept, compression is not.
 *
 * @throws E_ENGINE_UNUSABLE where this is not btrfs; E_EXISTS where it is a subvolume; E_UNSAFE_FOLDER
 *   where something is mounted, or something is in it that cannot be cloned; E_IN_USE where a file in it
 *   is open for writing; E_FILE_CHANGING; E_INTERRUPTED; SystemError. Then the folder is as it was.
 */
export async function convertToSubvolume(
  parent: number,
  name: RawPath,
  { progress = SILENT }: { readonly progress?: Progress } = {},
): Promise<Converted> {
  if (!isBtrfs(parent)) throw notBtrfs(name);
  const from = openFolder(parent, name);
  const place: Place = { parent, name, beside: nameBeside(name), from };
  try {
    refuseUnfit(place);
    const { state, parted } = await cloneBeside(place, progress);
    exchange({ at: parent, name }, { at: parent, name: place.beside });
    failPoint("convert-exchanged");
    commitChanges(parent);
    const late = await findChanges(from, { state, isRenamed: true });
    return { former: place.beside, late, parted };
  } finally {
    closeFd(from);
  }
}

interface Place {
  readonly parent: number;
  readonly name: RawPath;
  /** The name that is used meanwhile. */
  readonly beside: RawPath;
  /** The folder itself, open. */
  readonly from: number;
}

function refuseUnfit({ from, name }: Place): void {
  if (isSubvolume(from))
    throw new JvsError(`Cannot make "${toText(name)}" a subvolume: it is one already`, {
      code: "E_EXISTS",
    });
  const [mount] = mountsBelow(readlinkSync(`/proc/self/fd/${from}`));
  if (mount !== undefined)
    throw new JvsError(`Cannot make "${pathOfOpen(from)}" a subvolume: "${mount}" is a mount`, {
      code: "E_UNSAFE_FOLDER",
      hint: `Unmount it (\`umount ${mount}\`), and run the command again`,
      details: { mount },
    });
}

/** Makes the clone, complete and durable, or leaves nothing. */
async function cloneBeside(place: Place, progress: Progress): Promise<Cloned> {
  const { parent, beside, from } = place;
  createSubvolume(parent, beside);
  failPoint("convert-made");
  try {
    const to = openFolder(parent, beside);
    try {
      const cloned = await cloneTree({ from, to, progress });
      commitChanges(parent);
      failPoint("convert-cloned");
      await refuseChanged(place, cloned, progress);
      return cloned;
    } finally {
      closeFd(to);
    }
  } catch (error) {
    removeUnfinished(place);
    throw error;
  }
}

/** What went wrong before is what to tell: a clone that stays has a name that says what it is. */
function removeUnfinished({ parent, beside }: Place): void {
  try {
    deleteSubvolume(parent, beside);
  } catch {}
}

async function refuseChanged(place: Place, { state }: Cloned, progress: Progress): Promise<void> {
  refuseUnfit(place); // Something may have been mounted by now.
  const changed = await findChanges(place.from, { state, progress });
  if (changed.length === 0) return;
  const first = firstOf(changed);
  throw new JvsError(
    `Cannot make "${pathOfOpen(place.from)}" a subvolume: "${first[0]}" is being changed`,
    {
      code: "E_FILE_CHANGING",
      hint: "Stop the programs that write in the folder, and run the command again",
      details: { paths: first, changed: changed.length },
    },
  );
}

const MARK = ".jvs-convert-";
const MOST_BYTES = 255;

function nameBeside(name: RawPath): RawPath {
  const random = crypto.randomUUID().slice(0, 8);
  return `${prefixFor(name)}${random}` as RawPath;
}

/** As much of the name as there is room for. */
function prefixFor(name: RawPath): string {
  return `.${name.slice(0, MOST_BYTES - MARK.length - 9)}${MARK}`;
}

/** What a conversion that was killed, or whose former folder nobody removed, left beside a folder. */
export interface ConversionLeftover {
  readonly name: RawPath;
  /** A clone that never took its place; else it is the folder that was there before, whole. */
  readonly isClone: boolean;
}

/** Looks for them in the open folder `parent`. */
export function findConversionLeftovers(parent: number, name: RawPath): ConversionLeftover[] {
  const prefix = prefixFor(name);
  const pattern = /^[0-9a-f]{8}$/;
  return listNames(new FolderLister(), parent, "" as RawPath)
    .filter((one) => one.startsWith(prefix) && pattern.test(one.slice(prefix.length)))
    .sort()
    .map((one) => ({ name: one, isClone: isSubvolumeAt(parent, one) }));
}
