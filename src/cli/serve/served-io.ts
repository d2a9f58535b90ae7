import { lstatSync, realpathSync } from "node:fs";
import type { Piece, ServedCall } from "../../operations/serve/run-server.ts";
import { type Env, pathOfArg, SystemIo } from "../system-io.ts";

/** What a process sees of itself. */
const ITS_OWN = /^\/(proc|dev)(\/|$)/;

/** How often to look whether the caller is still there. */
const LOOK_MS = 50;

/** The world of a process that has its command carried out here: its environment, and no terminal. */
export class ServedIo extends SystemIo {
  readonly pieces: Piece[] = [];
  /** It turned out that only the caller itself can do it: what came of it is nothing. */
  isDeclined = false;
  private readonly call: ServedCall;
  private timer: ReturnType<typeof setInterval> | undefined;

  constructor(call: ServedCall, argv: SystemIo["program"]["argv"]) {
    super(call.env as Env, argv);
    this.call = call;
  }

  override get outIsTerminal(): boolean {
    return false;
  }

  override get errIsTerminal(): boolean {
    return false;
  }

  override out(data: string | Uint8Array): void {
    this.put(1, data);
  }

  override err(text: string | Uint8Array): void {
    this.put(2, text);
  }

  override readStdin(): never {
    return this.decline();
  }

  override readLine(): never {
    return this.decline();
  }

  /** What is no plain file in a folder of a disk, such as /dev/fd/9, may be something else here. */
  override readFile(path: string): Uint8Array {
    return isSameForAll(pathOfArg(path)) ? super.readFile(path) : this.decline();
  }

  /** A caller that has gone was interrupted. */
  override onInterrupt(listener: () => void): void {
    this.timer = setInterval(() => {
      if (!this.call.isOver()) return;
      clearInterval(this.timer);
      listener();
    }, LOOK_MS);
  }

  [Symbol.dispose](): void {
    clearInterval(this.timer);
  }

  private put(fd: Piece["fd"], data: string | Uint8Array): void {
    this.pieces.push({ fd, bytes: typeof data === "string" ? Buffer.from(data) : data.slice() });
  }

  private decline(): never {
    this.isDeclined = true;
    throw new Error("only the caller can read that");
  }
}

function isSameForAll(path: Buffer): boolean {
  try {
    return lstatSync(path).isFile() && !ITS_OWN.test(realpathSync(path, "latin1"));
  } catch {
    return false; // Whatever is wrong with it, the caller says.
  }
}
