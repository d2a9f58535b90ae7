import type { Actor } from "../model/operation.ts";
import type { Progress } from "../model/progress.ts";
import type { RawRules } from "../model/retention-schema.ts";
import type { HashSetting, WatchSetting } from "../model/settings.ts";

/** How this program is started once more. */
export interface Program {
  /** The file, and the words that come first. */
  readonly argv: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** What an operation may know of the world. The face that calls it fills this in. */
export interface Context {
  /** Absolute. The logical one (with symlinks, as in $PWD) where the shell gave it. */
  readonly cwd: string;
  readonly home: string;
  readonly actor: Actor;
  /** The program's version. */
  readonly version: string;
  /** How long to wait for another process that holds a lock, in milliseconds. */
  readonly lockTimeout: number;
  /** The engine asked for by environment, or "". */
  readonly engine: string;
  /** Tags that every snapshot gets which a user takes. */
  readonly defaultTags?: readonly string[];
  /** What the settings say about retention, and about the limits of automatic snapshots. */
  readonly retention?: RawRules;
  readonly limits?: RawRules;
  /** Absent where this is no program of its own. */
  readonly program?: Program;
  /** `auto`: large workspaces are watched from the first command on. */
  readonly watch?: WatchSetting;
  /** `later`: snapshots leave content unread where they can. */
  readonly hash?: HashSetting;
  readonly progress: Progress;
  now(): Date;
}
