import { closeFd, openForRead, statAt } from "../../fs/at.ts";
import { leaseForReading } from "../../fs/file-io.ts";
import type { FolderCursor } from "../../fs/folder-cursor.ts";
import { S_IFMT, S_IFREG, StatBuffer } from "../../fs/stat-buffer.ts";
import { systemCodeOf } from "../../model/errors.ts";
import type { RawPath } from "../../model/raw-path.ts";
import { splitPath } from "../split-path.ts";

/** As many leases are held at once; whoever wants to write one of these files waits so long. */
const BATCH = 32;
/** A file is mostly closed by then. */
const FIRST_CHECK_MS = 200;
/** For files that stay open: databases, logs. */
const NEXT_CHECK_MS = 10_000;

/** What became of a check. */
type Finding = { readonly fd: number } | "gone" | "held";

/**
 * Files that somebody may have open for writing. What is written through a mapping is no event, nor
 * are some ways to write, so such a file counts as touched all the time. That it was opened is an
 * event, but not for what; and since equal events in a row are one, openings and closings cannot be
 * counted. So a file is held from the moment it is opened until a read lease proves that nobody
 * writes it.
 */
export class HeldFiles {
  /** When to look again, in milliseconds of a clock that never jumps; each map in that order. */
  private readonly fresh = new Map<RawPath, number>();
  private readonly stuck = new Map<RawPath, number>();
  /** Files that we opened ourselves, whose event is still to come. */
  private readonly own = new Set<RawPath>();
  private readonly stat = new StatBuffer();

  get size(): number {
    return this.fresh.size + this.stuck.size;
  }

  list(): RawPath[] {
    return [...this.fresh.keys(), ...this.stuck.keys()];
  }

  /** An event says so. */
  opened(path: RawPath, now: number): void {
    if (!this.own.delete(path)) this.suspect(path, now);
  }

  /** It may have been open before it had this name, or before anybody watched. */
  suspect(path: RawPath, now: number): void {
    if (!this.fresh.has(path) && !this.stuck.has(path)) this.fresh.set(path, now + FIRST_CHECK_MS);
  }

  /** All events of our own openings have come. */
  passedFence(): void {
    this.own.clear();
  }

  /** Milliseconds until {@link check} has something to do. */
  dueIn(now: number): number {
    const [fresh] = this.fresh.values();
    const [stuck] = this.stuck.values();
    return Math.min(fresh ?? Number.POSITIVE_INFINITY, stuck ?? Number.POSITIVE_INFINITY) - now;
  }

  /**
   * Lets go of files that nobody writes, as far as it is time to look.
   *
   * @param fence Queues an event of its own. Who waits for a lease to end opens the file right behind
   *   us, and two equal events in a row would be one: ours, which counts for nothing.
   */
  check(cursor: FolderCursor, now: number, fence: () => void): void {
    if (this.own.size > 0) return; // The events of the last check have not come yet.
    const opened: number[] = [];
    for (const path of this.takeDue(now)) {
      const found = this.look(cursor, path);
      if (found === "held") this.stuck.set(path, now + NEXT_CHECK_MS);
      else if (found !== "gone") opened.push(found.fd);
    }
    if (this.own.size > 0) fence();
    for (const fd of opened) closeFd(fd);
  }

  private takeDue(now: number): RawPath[] {
    const due: RawPath[] = [];
    for (const paths of [this.fresh, this.stuck])
      for (const [path, time] of paths) {
        if (time > now || due.length === BATCH) break;
        due.push(path);
        paths.delete(path);
      }
    return due;
  }

  private look(cursor: FolderCursor, path: RawPath): Finding {
    try {
      const { folder, name } = splitPath(path);
      const at = cursor.open(folder);
      // Nothing but a file is opened: whoever reads from a fifo would notice.
      if (!statAt(at, name, this.stat) || (this.stat.mode & S_IFMT) !== S_IFREG) return "gone";
      const fd = openForRead(at, name);
      this.own.add(path);
      if (leaseForReading(fd) === "nobody writes") return { fd };
      closeFd(fd);
      return "held";
    } catch (error) {
      return /^(ENOENT|ENOTDIR|ELOOP)$/.test(systemCodeOf(error)) ? "gone" : "held";
    }
  }
}
