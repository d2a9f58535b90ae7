import type { Io } from "./io.ts";

/** So many characters are written at a time. */
const MANY = 65_536;

/** Text for stdout that comes in small pieces. */
export class GatheredOutput {
  private readonly io: Io;
  private text = "";

  constructor(io: Io) {
    this.io = io;
  }

  add(text: string): void {
    this.text += text;
    if (this.text.length >= MANY) this.flush();
  }

  /** Writes what is left. */
  flush(): void {
    if (this.text !== "") this.io.out(this.text);
    this.text = "";
  }
}
