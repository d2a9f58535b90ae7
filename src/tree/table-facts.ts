/** What would take a look at every row to find out. */
export interface Totals {
  /** Names that the tree keeps, the root not counted. */
  entries: number;
  /** Names that rules or a cache tag keep out of it. */
  ignored: number;
  /** Rows that belong to no folder any more. */
  dead: number;
}

/** A snapshot by the file system which has in it all that the rows tell, or something older. */
export interface FrozenToken {
  /** Of which subvolume. */
  readonly subvolume: bigint;
  /** Its generation: what changed later, the file system can tell. */
  readonly generation: number;
}

/** The moment at which a watcher knew of no change that the rows do not tell. */
export interface WatchToken {
  /** Which watcher, since when. */
  readonly epoch: bigint;
  /** How many changes it had seen by then. */
  readonly seq: number;
  /** When everything was last looked at, in seconds since 1970. */
  readonly walkedAt: number;
}
