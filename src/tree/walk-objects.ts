import type { ObjectId } from "../model/entry.ts";

/** The objects that a folder's object names, line by line, without making entries of them. */
export interface ObjectVisitor {
  /** A file's content, the target of a link, attributes. */
  content(id: ObjectId): void;
  /** The object of a folder, or a page of one. */
  folder(id: ObjectId): void;
}

/** Calls the visitor for every object that the folder's object, or page, names. */
export function visitFolderObject(bytes: Uint8Array, visitor: ObjectVisitor): void {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).latin1Slice();
  for (let start = 0; start < text.length; ) {
    const end = text.indexOf("\n", start);
    if (end < 0) return;
    const content = fieldAt(text, start, 4);
    const id = text.slice(content, content + 64) as ObjectId;
    const kind = text[start];
    if (kind === "d" || kind === "g") visitor.folder(id);
    else visitor.content(id);
    const keys = text.indexOf(" ", content + 65);
    if (keys >= 0 && keys < end) visitAttributes(text.slice(keys, end), visitor);
    start = end + 1;
  }
}

/** Where the field begins that has `count` spaces before it. */
function fieldAt(text: string, start: number, count: number): number {
  let at = start;
  for (let field = 0; field < count; field++) at = text.indexOf(" ", at) + 1;
  return at;
}

function visitAttributes(keys: string, visitor: ObjectVisitor): void {
  const id = / x=([0-9a-f]{64})(?: |$)/.exec(keys)?.[1];
  if (id !== undefined) visitor.content(id as ObjectId);
}
