import type { ObjectId } from "../model/entry.ts";

/** An object that is not as it was written. */
export interface ObjectDamage {
  readonly id: ObjectId;
  readonly why: string;
  /** `header`: the content is as it was written, its record in the pack is not. */
  readonly part: "content" | "header";
  /** The file that holds it; absent when it is nowhere. */
  readonly file?: string;
  /** Bytes of the content, where they are known. */
  readonly size?: number;
  /** Whether it can be read all the same: another copy is intact, or only its header is damaged. */
  readonly readable: boolean;
}
