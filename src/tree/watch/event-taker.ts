import type { FolderCursor } from "../../fs/folder-cursor.ts";
import { EVENT, type InotifyEvent } from "../../fs/inotify.ts";
import { joinRaw, type RawPath } from "../../model/raw-path.ts";
import { CONTROL_FOLDER } from "../workspace-folder.ts";
import type { HeldFiles } from "./held-files.ts";
import type { TouchedPaths } from "./touched-paths.ts";
import type { WatchedFolder, WatchedFolders } from "./watched-folders.ts";

/** `lost`: some events did not come. `ended`: the workspace is not there any more. */
export type Taken = "taken" | "lost" | "ended";

/** What events are written down in. */
export interface Ledger {
  readonly folders: WatchedFolders;
  readonly touched: TouchedPaths;
  readonly held: HeldFiles;
  /** The watch of the fence, see HeldFiles. */
  readonly fenceWatch: number;
}

/** An event of a name in a watched folder. */
interface NameEvent {
  readonly mask: number;
  readonly name: RawPath;
  readonly path: RawPath;
}

const CAME: number = EVENT.create | EVENT.movedTo;
const CAME_OR_WENT: number = CAME | EVENT.movedFrom | EVENT.delete;
const FILE_TOUCHED: number = CAME_OR_WENT | EVENT.modify | EVENT.attrib | EVENT.closeWrite;
const GONE: number = EVENT.ignored | EVENT.unmount;

/** Writes down what the kernel's events mean. */
export class EventTaker {
  private readonly ledger: Ledger;
  /** Names of folders that came or went, to be looked at when all events are read. */
  private changed = new Map<WatchedFolder, Set<RawPath>>();

  constructor(ledger: Ledger) {
    this.ledger = ledger;
  }

  take({ watch, mask, name }: InotifyEvent, now: number): Taken {
    const { folders, held, fenceWatch } = this.ledger;
    if ((mask & EVENT.overflow) !== 0) return "lost";
    if (watch === fenceWatch) held.passedFence();
    const folder = folders.find(watch);
    if (folder === undefined) return "taken";
    if (name === "") return this.takeSelf(folder, mask);
    if (folder === folders.root && name === CONTROL_FOLDER) return "taken";
    const event = { mask, name, path: joinRaw(folders.pathOf(folder), name) };
    if ((mask & EVENT.isFolder) !== 0) this.takeFolder(folder, event);
    else this.takeFile(event, now);
    return "taken";
  }

  get hasFoldersToFollow(): boolean {
    return this.changed.size > 0;
  }

  /**
   * Watches the folders that have the names by now, whatever the events said: names may have changed
   * several times. What was in them before they were watched is looked at by whoever asks next.
   */
  followFolders(cursor: FolderCursor, now: number): void {
    const { changed } = this;
    this.changed = new Map();
    for (const [parent, names] of changed)
      for (const name of names) this.follow(cursor, { parent, name, now });
  }

  /** An event of a watched folder itself. */
  private takeSelf(folder: WatchedFolder, mask: number): Taken {
    const { folders, touched } = this.ledger;
    // With other rights, what is in it may be closed, or open.
    if ((mask & EVENT.attrib) !== 0) touched.touchTree(folders.pathOf(folder));
    if ((mask & GONE) !== 0) folders.ended(folder.watch);
    const ends = GONE | EVENT.moveSelf | EVENT.deleteSelf;
    return folder === folders.root && (mask & ends) !== 0 ? "ended" : "taken";
  }

  private takeFile({ mask, path }: NameEvent, now: number): void {
    const { held, touched } = this.ledger;
    if ((mask & EVENT.open) !== 0) held.opened(path, now);
    // It may be open under another name, or have been before it came here.
    if ((mask & CAME) !== 0) held.suspect(path, now);
    if ((mask & FILE_TOUCHED) !== 0) touched.touchPath(path);
  }

  private takeFolder(folder: WatchedFolder, { mask, name, path }: NameEvent): void {
    if ((mask & (CAME_OR_WENT | EVENT.attrib)) === 0) return;
    this.ledger.touched.touchTree(path);
    // One whose rights changed may be open to us only now.
    if ((mask & CAME_OR_WENT) === 0 && folder.folders.has(name)) return;
    const names = this.changed.get(folder) ?? new Set();
    this.changed.set(folder, names.add(name));
  }

  private follow(
    cursor: FolderCursor,
    { parent, name, now }: { parent: WatchedFolder; name: RawPath; now: number },
  ): void {
    const { folders, touched, held } = this.ledger;
    if (!folders.isWatched(parent)) return;
    const told = { file: (path: RawPath): void => held.suspect(path, now) };
    const first = folders.watch(cursor, parent, name);
    const pending = first === undefined ? [] : [first];
    for (let folder = pending.pop(); folder; folder = pending.pop())
      pending.push(...folders.watchChildren(cursor, folder, told));
    touched.touchTree(joinRaw(folders.pathOf(parent), name));
  }
}
