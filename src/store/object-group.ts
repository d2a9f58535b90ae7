import type { DraftPack, Member } from "./draft-pack.ts";
import { RAW, ZSTD } from "./pack-format.ts";
import { compress } from "./payload.ts";

/** Content above this many bytes gets a frame of its own. */
export const GROUPED_LIMIT: number = 16 * 1024;
/** Content of a group: measured as the quickest, and a small loss should a byte of it go bad. */
const GROUP_SIZE = 32 * 1024;

/** Collects small contents that will share a frame in a draft pack. */
export class ObjectGroup {
  readonly #draft: Pick<DraftPack, "write">;
  readonly #level: number | undefined;
  readonly #content: Uint8Array = new Uint8Array(GROUP_SIZE);
  #length = 0;
  #members: Member[] = [];

  constructor(draft: Pick<DraftPack, "write">, level: number | undefined) {
    this.#draft = draft;
    this.#level = level;
  }

  /** Takes the content, of {@link GROUPED_LIMIT} bytes at most, of an object that the draft knows by `number`. */
  add(number: number, bytes: Uint8Array): void {
    if (this.#length + bytes.length > GROUP_SIZE) this.flush();
    this.#content.set(bytes, this.#length);
    this.#members.push({ number, rawSize: bytes.length, position: this.#length });
    this.#length += bytes.length;
  }

  /** Writes what was collected. Throws the system's errors. */
  flush(): void {
    const members = this.#members;
    if (members.length === 0) return;
    const payload = compress(this.#content.subarray(0, this.#length), this.#level);
    if (payload.encoding === ZSTD) this.#draft.write(members, payload);
    else for (const member of members) this.#writeRaw(member);
    this.#members = [];
    this.#length = 0;
  }

  #writeRaw(member: Member): void {
    const { position, rawSize } = member;
    const bytes = this.#content.subarray(position, position + rawSize);
    this.#draft.write([{ ...member, position: 0 }], { encoding: RAW, rawSize, bytes });
  }
}
