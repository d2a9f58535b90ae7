import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ObjectId } from "../model/entry.ts";
import { type ObjectStore, openStore } from "./object-store.ts";

/** A store of its own for one test; `using` removes it. */
export interface ScratchStore extends Disposable {
  readonly objects: string;
  readonly packs: string;
  readonly draft: string;
  readonly store: ObjectStore;
}

export function makeScratchStore(): ScratchStore {
  const root = mkdtempSync(join(tmpdir(), "jvs-store-"));
  const objects = join(root, "objects");
  const draft = join(root, "draft");
  mkdirSync(draft);
  const store = openStore(objects);
  return {
    objects,
    packs: join(objects, "packs"),
    draft,
    store,
    [Symbol.dispose]() {
      store.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

/** Stores the contents as one snapshot would; returns their ids. */
export function putAll(box: ScratchStore, contents: readonly Uint8Array[]): ObjectId[] {
  const writer = box.store.openWriter(box.draft);
  const ids = contents.map((bytes) => writer.put(bytes));
  writer.end();
  writer.install();
  return ids;
}

/** A store that has not read anything yet, on the same folder. */
export function reopen(box: ScratchStore): ObjectStore {
  return openStore(box.objects);
}

/** The full paths of the store's files with this extension. */
export function listFiles(box: ScratchStore, extension: string): string[] {
  const names = readdirSync(box.packs).filter((name) => name.endsWith(extension));
  return names.map((name) => join(box.packs, name));
}

/** Bytes that look random and are the same in each run (xorshift32, Marsaglia 2003). */
export function noise(length: number, seed = 1): Uint8Array {
  const words = new Uint32Array(Math.ceil(length / 4));
  let state = seed * 2654435769 || 1;
  for (let at = 0; at < words.length; at++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    words[at] = state;
  }
  return new Uint8Array(words.buffer, 0, length);
}

/** Bytes that compress well, different for each seed. */
export function prose(length: number, seed = 1): Uint8Array {
  const line = `line of the file number ${seed}, which says what the others say\n`;
  return new TextEncoder().encode(line.repeat(Math.ceil(length / line.length)).slice(0, length));
}
