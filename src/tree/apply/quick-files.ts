import {
  closeFd,
  createFile,
  setOpenMode,
  setOpenMtime,
  setOpenOwner,
  statFd,
} from "../../fs/at.ts";
import { writeFully } from "../../fs/file-io.ts";
import { StatBuffer } from "../../fs/stat-buffer.ts";
import { hasDefaultAcl } from "../../fs/xattrs.ts";
import type { Entry, ObjectId } from "../../model/entry.ts";
import { systemCodeOf } from "../../model/errors.ts";
import { SMALL_BYTES } from "../content-sink.ts";
import type { Owner, WriteContext } from "./write-context.ts";

const PERMISSIONS = 0o777;

/**
 * Makes ordinary small files, which most are, in as few calls as it takes: with their mode from the
 * start, and without setting what the system sets by itself. Everything else is left to writeEntry.
 */
export class QuickFiles {
  private readonly context: WriteContext;
  private readonly isNoted: boolean;
  /** What a process takes from the modes of what it makes. */
  private readonly umask: number;
  /** How the file that was written last looks. */
  readonly stat: StatBuffer = new StatBuffer();
  private folder = -1;
  /** Whether files made in the folder get what a default ACL says. */
  private hasAcl = true;
  /** Who owns what is made in the folder, once that is known: it may have the setgid bit. */
  private owner: Owner | undefined;

  /** @param isNoted whether anybody asks for {@link stat} */
  constructor(context: WriteContext, isNoted = true) {
    this.context = context;
    this.isNoted = isNoted;
    this.umask = process.umask();
  }

  /** From here on files go into this open folder. */
  enter(folder: number): void {
    this.folder = folder;
    this.hasAcl = hasDefaultAcl(folder);
    this.owner = undefined;
  }

  /** Whether the entry can be made here. */
  suits({ kind, size, xattrs, mode, sparse }: Entry): boolean {
    const isPlain = kind === "f" && xattrs === undefined && sparse !== true;
    return isPlain && size <= SMALL_BYTES && (mode & ~PERMISSIONS) === 0 && !this.hasAcl;
  }

  /**
   * Makes the file, whose name must be free. Returns what the system refused, in words.
   *
   * @throws SystemError, E_OBJECT_MISSING, E_OBJECT_DAMAGED; then the name may hold a part of it
   */
  write(entry: Entry): string[] {
    const { name, mode, mtime, content } = entry;
    const { live, content: store } = this.context;
    const fd = createFile(this.folder, name, mode);
    try {
      if (live?.cloneInto(fd, entry) !== true)
        writeFully(fd, store.read(content as ObjectId), name);
      const refused = this.own(fd, entry);
      if ((mode & this.umask) !== 0) setOpenMode(fd, mode, name);
      setOpenMtime(fd, BigInt(mtime), name);
      if (this.isNoted) statFd(fd, this.stat);
      return refused;
    } finally {
      closeFd(fd);
    }
  }

  private own(fd: number, entry: Entry): string[] {
    if (this.owner === undefined) {
      statFd(fd, this.stat);
      this.owner = { uid: this.stat.uid, gid: this.stat.gid };
    }
    const { uid = this.context.owner.uid, gid = this.context.owner.gid } = entry;
    if (uid === this.owner.uid && gid === this.owner.gid) return [];
    try {
      setOpenOwner(fd, { uid, gid }, entry.name);
      return [];
    } catch (error) {
      if (!/^(EPERM|EINVAL)$/.test(systemCodeOf(error))) throw error;
      return [`the owner ${uid}:${gid}`];
    }
  }
}
