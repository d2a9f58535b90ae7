/** A tree that is made from nothing, the same bytes every time. */
export interface Tree {
  /** Short, as the table shows it: "10,000 x 4 KiB". */
  readonly name: string;
  /** Every file, relative to the root of the tree, in the order of making. */
  readonly paths: readonly string[];

  /** Writes the tree into `folder`, which must not exist. */
  make(folder: string): void;

  /** What an edit makes of a file; another `salt` gives other bytes. */
  revise(content: Uint8Array, salt: string): Uint8Array;
}
