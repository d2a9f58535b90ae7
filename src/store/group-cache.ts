import type { Pack } from "./pack.ts";
import { GROUP_LIMIT, type ObjectRow } from "./pack-format.ts";
import { inflate } from "./payload.ts";

/** Bytes of content kept: enough for a folder's files to be read in another order than stored. */
const MOST_BYTES = 8 << 20;

/** Reads objects that share a frame: the frame is read and inflated once for all that are asked for. */
export class GroupCache {
  readonly #groups: Map<string, Uint8Array> = new Map();
  #bytes = 0;

  /** The object's content in memory of its own, or undefined when what is stored is damaged. */
  read(pack: Pack, row: ObjectRow): Uint8Array | undefined {
    const name = `${pack.name}:${row.offset}`;
    const group = this.#groups.get(name) ?? this.#load(name, { pack, row });
    const end = row.position + row.rawSize;
    return group !== undefined && end <= group.length ? group.slice(row.position, end) : undefined;
  }

  #load(name: string, { pack, row }: { pack: Pack; row: ObjectRow }): Uint8Array | undefined {
    const frame = pack.read(row);
    const group = frame && inflate(frame, GROUP_LIMIT);
    if (group === undefined) return undefined;
    this.#groups.set(name, group);
    this.#bytes += group.length;
    this.#forgetOldest();
    return group;
  }

  #forgetOldest(): void {
    for (const [name, { length }] of this.#groups) {
      if (this.#bytes <= MOST_BYTES) return;
      this.#groups.delete(name);
      this.#bytes -= length;
    }
  }
}
