/** ELF-64 (System V ABI, chapters 4 and 5; elf.h): the head of a program, and its table of segments. */
export const PT_LOAD = 1;
export const PT_NOTE = 4;
export const PF_R_X = 5;
/** Kernels for arm64 may have pages this large: address and place in the file agree in such pages. */
export const LARGEST_PAGE = 65536;

const ET_EXEC = 2;
const SEGMENT_BYTES = 56;

export interface Segment {
  readonly type: number;
  readonly flags: number;
  /** In the file. */
  readonly offset: number;
  /** In memory. */
  readonly address: number;
  readonly fileBytes: number;
  readonly memoryBytes: number;
}

/** Reads and changes the beginning of a program in place. */
export class Elf {
  private readonly bytes: Buffer;

  /** @throws Error where it is no program of ELF-64, little-endian, that loads at a fixed address */
  constructor(bytes: Buffer) {
    this.bytes = bytes;
    const isProgram = bytes.toString("latin1", 0, 6) === "\x7fELF\x02\x01";
    if (!isProgram || bytes.readUInt16LE(16) !== ET_EXEC)
      throw new Error("it is no program that loads at a fixed address");
  }

  /** Where it begins. */
  get entry(): number {
    return Number(this.bytes.readBigUInt64LE(24));
  }

  set entry(address: number) {
    this.bytes.writeBigUInt64LE(BigInt(address), 24);
  }

  get segments(): readonly Segment[] {
    const count = this.bytes.readUInt16LE(56);
    return Array.from({ length: count }, (_, index) => this.segment(index));
  }

  setSegment(index: number, segment: Segment): void {
    const at = this.placeOf(index);
    this.bytes.writeUInt32LE(segment.type, at);
    this.bytes.writeUInt32LE(segment.flags, at + 4);
    const { offset, address, fileBytes, memoryBytes } = segment;
    const words = [offset, address, address, fileBytes, memoryBytes, LARGEST_PAGE];
    words.forEach((word, turn) => {
      this.bytes.writeBigUInt64LE(BigInt(word), at + 8 + turn * 8);
    });
  }

  private segment(index: number): Segment {
    const at = this.placeOf(index);
    const word = (offset: number): number => Number(this.bytes.readBigUInt64LE(at + offset));
    return {
      type: this.bytes.readUInt32LE(at),
      flags: this.bytes.readUInt32LE(at + 4),
      offset: word(8),
      address: word(16),
      fileBytes: word(32),
      memoryBytes: word(40),
    };
  }

  private placeOf(index: number): number {
    return Number(this.bytes.readBigUInt64LE(32)) + index * SEGMENT_BYTES;
  }
}
