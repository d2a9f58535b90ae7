import type { Entry } from "../../model/entry.ts";
import type { RawPath } from "../../model/raw-path.ts";

/** One change to the workspace. `row` is the live name's row in the scan, where there is one. */
export type Action =
  /** A staged file, link or fifo gets its name; what had the name goes to the staging folder. */
  | {
      readonly kind: "place";
      readonly path: RawPath;
      readonly entry: Entry;
      readonly staged: string;
      readonly row: number | undefined;
      /** It is another name of what is staged under that one, or of a file in the workspace. */
      readonly linkTo?: string | LinkAnchor;
    }
  /** A file, link or fifo goes to the staging folder. */
  | {
      readonly kind: "remove";
      readonly path: RawPath;
      readonly staged: string;
      readonly row: number;
    }
  | { readonly kind: "remove-folder"; readonly path: RawPath }
  | { readonly kind: "make-folder"; readonly path: RawPath; readonly entry: Entry }
  /** Owner, attributes, mode and time of what stays. */
  | { readonly kind: "touch"; readonly path: RawPath; readonly entry: Entry; readonly row: number };

/** A file in the workspace that stays, and its row in the scan. */
export interface LinkAnchor {
  readonly path: RawPath;
  readonly row: number;
}
