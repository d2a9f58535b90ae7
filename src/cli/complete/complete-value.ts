import { ENGINE_NAMES, SETTING_KEYS } from "../../model/settings.ts";
import type { Context } from "../../operations/context.ts";
import { MAIN } from "../../operations/find-worktree.ts";
import {
  listPathNames,
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
  tag: (ctx, { command, positionals: [ref = ""] }) =>
    command === "tag remove" ? listTagNames(ctx, ref) : listTagNames(ctx),
  compression: () => ["none", "fast", "default", "max"].map(toName),
  worktree: listWorktreeNames,
  old: listForks,
  name: (ctx, { command }) => EXISTING[command]?.(ctx) ?? [],
  key: () => SETTING_KEYS.map(toName),
  value: (_ctx, { positionals: [key] }) => (SETTING_VALUES[key ?? ""] ?? []).map(toName),
  shell: () => SHELLS.map(toName),
};

/** Commands whose `name` is that of a worktree that is there. */
const EXISTING: Readonly<Record<string, (ctx: Context) => readonly NameToType[]>> = {
  "worktree path": listWorktreeNames,
  "worktree remove": listForks,
};

/** The main worktree can be neither removed nor renamed. */
function listForks(ctx: Context): readonly NameToType[] {
  return listWorktreeNames(ctx).filter(({ word }) => word !== MAIN);
}

/** Commands whose paths are those of a snapshot. */
const IN_SNAPSHOT: ReadonlySet<string> = new Set(["cat", "ls"]);

const FILE_PLACES: ReadonlySet<string> = new Set(["file", "a,b", "folder", "folder|file.tar"]);

const SETTING_VALUES: Readonly<Record<string, readonly string[]>> = {
  default_engine: ENGINE_NAMES,
  output_format: ["text", "json"],
  progress_enabled: ["true", "false"],
  hash: ["now", "later"],
};

/** The words that fit a place in a usage line. */
export function completeValue(wanted: Wanted, ctx: Context, current = ""): Completion {
  const { command, place, positionals } = wanted;
  if (place === "path" && IN_SNAPSHOT.has(command))
    return { names: listPathNames(ctx, positionals[0] ?? "", current), files: false };
  if (place === "path" || FILE_PLACES.has(place)) return { names: [], files: true };
  return { names: SOURCES[place]?.(ctx, wanted) ?? [], files: false };
}

function toName(word: string): NameToType {
  return { word, about: "" };
}
