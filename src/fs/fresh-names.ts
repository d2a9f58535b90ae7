import type { RawPath } from "../model/raw-path.ts";
import { FolderLister } from "./list-folder.ts";
import { isElsewhere } from "./mounts.ts";

/** From so many names on, in one folder, listing it costs less than asking for each. */
const FEW = 3;
/** A listing that is longer has to serve more names to be worth it. */
const LISTED_FOR_ONE = 64;
/** What a listing told is mostly believed for a second. */
const GOOD_FOR_MS = 700;

/**
 * Keeps what the kernel knows of the names in a folder fresh while they are opened one after the
 * other. Where a file system lies elsewhere the kernel believes what it knows for about a second, and
 * asks again, for each name, what it is called and how it is: two questions that one listing answers for all
 * (FUSE_READDIRPLUS, NFS READDIRPLUS). On other file systems this does nothing.
 */
export class FreshNames {
  private readonly lister: Pick<FolderLister, "readAll"> | undefined;
  private count = 0;
  private listedAt = Number.NEGATIVE_INFINITY;

  /** `root` is an open folder; `lister` is for tests. */
  constructor(root: number, lister?: Pick<FolderLister, "readAll">) {
    this.lister = lister ?? (isElsewhere(root) ? new FolderLister() : undefined);
  }

  /** Another folder comes. */
  leave(): void {
    this.count = 0;
    this.listedAt = Number.NEGATIVE_INFINITY;
  }

  /** A name in the open `folder`, which holds `size` of them, is about to be opened. */
  beforeOpening(folder: number, size: number): void {
    if (this.lister === undefined) return;
    this.count += 1;
    if (this.count < Math.max(FEW, size / LISTED_FOR_ONE)) return;
    if (performance.now() - this.listedAt < GOOD_FOR_MS) return;
    this.lister.readAll(folder, "" as RawPath);
    this.listedAt = performance.now();
    this.count = 0;
  }
}
