import type { Actor } from "../model/operation.ts";
import type { Program } from "../operations/context.ts";

/** What the command line may use of the world. `main.ts` makes the real one, tests their own. */
export interface Io {
  /** Absolute, with the links the user came by. Throws where the folder is gone. */
  readonly cwd: string;
  readonly home: string;
  /** Where programs keep their settings, as XDG_CONFIG_HOME has it. */
  readonly configHome: string;
  readonly actor: Actor;
  /** The program's version. */
  readonly version: string;
  readonly program?: Program;
  /** The engine that the environment asks for, or "". */
  readonly engine: string;
  /** How the environment wants JuiceFS to be asked (JVS_JUICEFS), or "". */
  readonly juicefs?: string;
  /** How long to wait for a lock, in milliseconds. */
  readonly lockTimeout: number;
  /** Where a test build is to die, or "". */
  readonly failPoint: string;
  /** The environment asks for plain text. */
  readonly noColor: boolean;
  /** The terminal prints characters and does nothing else. */
  readonly isDumb: boolean;
  readonly outIsTerminal: boolean;
  readonly errIsTerminal: boolean;
  /** Width of the terminal. */
  readonly columns: number;
  now(): Date;
  /** Milliseconds of a clock that never jumps. */
  ticks(): number;
  /** Writes to stdout; when it returns the bytes are with the system. */
  out(data: string | Uint8Array): void;
  /** Writes to stderr; never fails. */
  err(text: string): void;
  readStdin(): Uint8Array;
  /** The next line of stdin without its end; undefined behind the last. What follows stays unread. */
  readLine(): string | undefined;
  /** `path` is relative to the current folder. */
  readFile(path: string): Uint8Array;
  /**
   * Calls `listener` at the first Ctrl-C or SIGTERM, once the event loop turns.
   * A second one ends the process at once.
   */
  onInterrupt(listener: () => void): void;
}

/** How output is to look. */
export interface Look {
  readonly colour: boolean;
  /** stdout is read by a person, right now. */
  readonly terminal: boolean;
  readonly quiet: boolean;
}

/** Where output goes, and whether it is for programs. */
export interface Terms {
  readonly io: Io;
  /** Asked for by a flag, or, once they are read, by the settings. */
  json: boolean;
}
