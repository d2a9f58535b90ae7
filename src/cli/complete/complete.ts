import type { Context } from "../../operations/context.ts";
import type { Command, VerbEntry } from "../command.ts";
import { COMMANDS, findByName, findCommand } from "../commands.ts";
import { type FlagSpec, type Flags, GLOBAL_FLAGS } from "../flags.ts";
import { type Completion, completeValue, type Wanted } from "./complete-value.ts";

/** The command that is being typed, and what stands behind it. */
interface Typed {
  readonly name: string;
  readonly command: Command;
  readonly words: readonly string[];
}

/** What follows a flag whose value is called otherwise in its help. */
const PLACES_OF_FLAGS: Readonly<Record<string, string>> = { tag: "tag", compress: "compression" };

const NOTHING: Completion = { names: [], files: false };

/** @param words all words behind `jvs` up to the cursor; the last one, maybe "", is being typed */
export async function complete(words: readonly string[], ctx: Context): Promise<Completion> {
  const whole = joinEquals(words);
  const current = whole.at(-1) ?? "";
  const found = await find(whole.slice(0, -1), current, ctx);
  // A name that begins with a dash would be taken for a flag, unless `--` stands before it.
  const isOpen = words.includes("--");
  const names = found.names.filter(
    ({ word, isFlag = false }) =>
      word.startsWith(current) && (isFlag || isOpen || !word.startsWith("-")),
  );
  return { names, files: found.files };
}

/** Bash takes `--tag=x` for three words. */
function joinEquals(words: readonly string[]): string[] {
  const kept = words.filter((word, at) => word !== "=" || !words[at - 1]?.startsWith("--"));
  return words.at(-1) === "=" ? [...kept, ""] : kept;
}

async function find(before: readonly string[], current: string, ctx: Context): Promise<Completion> {
  const at = before.findIndex(isWord);
  if (at < 0) return namesOrFlags(COMMANDS, current);
  const [name = "", ...rest] = before.slice(at);
  if (name === "help") return await inHelp(rest.filter(isWord), current);
  const entry = findCommand(name);
  if (entry === undefined) return NOTHING;
  const verbs = await entry.loadVerbs?.();
  if (verbs !== undefined) return await inNoun({ name: entry.name, verbs }, rest, { current, ctx });
  const command = await entry.load?.();
  return command === undefined ? NOTHING : inCommand({ name, command, words: rest }, current, ctx);
}

async function inHelp([name, ...more]: readonly string[], current: string): Promise<Completion> {
  if (name === undefined) return namesOrFlags(COMMANDS, current);
  const verbs = more.length > 0 ? undefined : await findCommand(name)?.loadVerbs?.();
  return verbs === undefined ? NOTHING : namesOrFlags(verbs, current);
}

async function inNoun(
  { name, verbs }: { readonly name: string; readonly verbs: readonly VerbEntry[] },
  words: readonly string[],
  { current, ctx }: { readonly current: string; readonly ctx: Context },
): Promise<Completion> {
  const at = words.findIndex(isWord);
  if (at < 0) return namesOrFlags(verbs, current);
  const verb = findByName(verbs, words[at] as string);
  if (verb === undefined) return NOTHING;
  const typed = { name: `${name} ${verb.name}`, command: await verb.load() };
  return inCommand({ ...typed, words: words.slice(at + 1) }, current, ctx);
}

function isWord(word: string): boolean {
  return !word.startsWith("-");
}

function inCommand(typed: Typed, current: string, ctx: Context): Completion {
  const { name, command, words } = typed;
  const isOpen = words.includes("--");
  if (isOpen && command.usage.includes("[-- ")) return { names: [], files: true };
  const flags: Flags = { ...command.flags, ...GLOBAL_FLAGS };
  const open = isOpen ? undefined : openFlag(words.at(-1), flags);
  if (open !== undefined) return completeFlag(open, ctx);
  if (current.startsWith("-") && !isOpen) return flagNames(flags);
  const positionals = countPositionals(words, flags);
  const wanted: Wanted = {
    command: name,
    place: placeOf(command.usage, positionals.length),
    positionals,
  };
  return completeValue(wanted, ctx, current);
}

function completeFlag(
  [name, { choices, value = "" }]: [string, FlagSpec],
  ctx: Context,
): Completion {
  if (choices !== undefined)
    return { names: choices.map((word) => ({ word, about: "" })), files: false };
  return completeValue(
    { command: "", place: PLACES_OF_FLAGS[name] ?? value, positionals: [] },
    ctx,
  );
}

/** The flag whose value is being typed. */
function openFlag(word: string | undefined, flags: Flags): [string, FlagSpec] | undefined {
  if (word === undefined || !word.startsWith("-") || word.includes("=")) return undefined;
  return Object.entries(flags).find(
    ([name, { type, short }]) =>
      type !== "boolean" && (word === `--${name}` || (short !== undefined && word === `-${short}`)),
  );
}

function countPositionals(words: readonly string[], flags: Flags): string[] {
  return words.filter(
    (word, at) => !word.startsWith("-") && openFlag(words[at - 1], flags) === undefined,
  );
}

/** What a usage line calls the word at this place: the last one may stand for more. */
function placeOf(usage: string, index: number): string {
  const places = usage.replace(/\[-- .*$/, "").match(/[a-z][\w.|-]*/g) ?? [];
  const last = usage.includes("...") ? places.length - 1 : index;
  return (places[Math.min(index, last)] ?? "").replace(/\.+$/, "");
}

function namesOrFlags(
  entries: readonly { readonly name: string; readonly summary: string }[],
  current: string,
): Completion {
  if (current.startsWith("-")) return flagNames(GLOBAL_FLAGS);
  return {
    names: entries.map(({ name, summary }) => ({ word: name, about: summary })),
    files: false,
  };
}

function flagNames(flags: Flags): Completion {
  const names = Object.entries(flags).map(([name, { about }]) => ({
    word: `--${name}`,
    about,
    isFlag: true,
  }));
  return { names, files: false };
}
