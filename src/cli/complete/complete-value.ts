import { ENGINE_NAMES, SETTING_KEYS } from "../../model/settings.ts";
import type { Context } from "../../operations/context.ts";
import {
  listRefNames,
  listTagNames,
  listWorktreeNames,
  type NameToType,
} from "../../operations/list-names.ts";
import { SHELLS } from "./scripts.ts";

/** What could be typed next. */
export interface Completion {
  readonly names: readonly NameToType[];
  /** Files as well. */
  readonly files: boolean;
}

/** What is being typed. */
export interface Wanted {
  /** `worktree remove`; "" for the value of a flag. */
  readonly command: string;
  /** What usage calls it: `ref`. */
  readonly place: string;
  /** What was typed before it. */
  readonly positionals: readonly string[];
}

type Source = (ctx: Context, wanted: Wanted) => readonly NameToType[];

const SOURCES: Readonly<Record<string, Source>> = {
  ref: listRefNames,
  from: listRefNames,
  to: listRefNames,
  tag: listTagNames,
  worktree: listWorktreeNames,
  old: listWorktreeNames,
  name: (ctx, { command }) => (EXISTING.has(command) ? listWorktreeNames(ctx) : []),
  key: () => SETTING_KEYS.map(toName),
  value: (_ctx, { positionals: [key] }) => (SETTING_VALUES[key ?? ""] ?? []).map(toName),
  shell: () => SHELLS.map(toName),
};

/** Commands whose `name` is that of a worktree that is there. */
const EXISTING: ReadonlySet<string> = new Set(["worktree path", "worktree remove"]);

const FILE_PLACES: ReadonlySet<string> = new Set([
  "path",
  "file",
  "a,b",
  "folder",
  "folder|file.tar",
]);

const SETTING_VALUES: Readonly<Record<string, readonly string[]>> = {
  default_engine: ENGINE_NAMES,
  output_format: ["text", "json"],
  progress_enabled: ["true", "false"],
};

/** The words that fit a place in a usage line. */
export function completeValue(wanted: Wanted, ctx: Context): Completion {
  if (FILE_PLACES.has(wanted.place)) return { names: [], files: true };
  return { names: SOURCES[wanted.place]?.(ctx, wanted) ?? [], files: false };
}

function toName(word: string): NameToType {
  return { word, about: "" };
}
