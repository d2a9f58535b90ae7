import type { ObjectId } from "../model/entry.ts";
import { JvsError, SystemError } from "../model/errors.ts";
import type { ObjectStore } from "./object-store.ts";

/** Whether the store gives all of the content, from whichever copy. Reads it. */
export function isReadable(store: Pick<ObjectStore, "readPieces">, id: ObjectId): boolean {
  try {
    for (const _ of store.readPieces(id));
    return true;
  } catch (error) {
    if (error instanceof JvsError || error instanceof SystemError) return false;
    throw error;
  }
}
