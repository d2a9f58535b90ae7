import type { ObjectId } from "../model/entry.ts";
import { Garbage } from "../model/garbage.ts";
import type { RawPath } from "../model/raw-path.ts";
import { parseEntry } from "./entry-line.ts";

/** Another object that a folder's object names. */
export interface ObjectReference {
  /** `f`, `l`: content; `d`: a folder; `g`: a page of this one; `x`: attributes. */
  readonly kind: "f" | "l" | "d" | "g" | "x";
  readonly id: ObjectId;
  /** The entry it belongs to; "" for a page. */
  readonly name: RawPath;
}

/** Whoever asks keeps ids as bytes, if at all. */
const garbage = new Garbage();

/**
 * What the object of a folder, or of a page of one, names. A fifo has no content.
 *
 * @throws E_OBJECT_DAMAGED when it is no such object
 */
export function* listReferences(bytes: Uint8Array): Generator<ObjectReference> {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).latin1Slice();
  let start = 0;
  let count = 0;
  for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", start)) {
    yield* referencesOf(text.slice(start, end));
    start = end + 1;
    count++;
  }
  garbage.add(count);
}

function* referencesOf(line: string): Generator<ObjectReference> {
  if (line.startsWith("g ")) {
    yield { kind: "g", id: line.split(" ", 5)[4] as ObjectId, name: "" as RawPath };
    return;
  }
  const { kind, content, name, xattrs } = parseEntry(line);
  if (kind !== "p") yield { kind, id: content as ObjectId, name };
  if (xattrs !== undefined) yield { kind: "x", id: xattrs, name };
}
