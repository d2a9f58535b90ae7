import { ERROR_CODES } from "../model/errors.ts";
import { gathered } from "../model/gathered.ts";
import { jsonText } from "../model/json-pieces.ts";
import type { Settings } from "../model/settings.ts";
import type { Outcome, ParsedCall } from "./command.ts";
import {
  COMMANDS,
  type CommandEntry,
  entryOfVerb,
  findByName,
  findCommand,
  type Noun,
} from "./commands.ts";
import { GLOBAL_FLAGS, type GlobalFlags } from "./flags.ts";
import { heedFormat, heedSettings } from "./heed-settings.ts";
import { indexOfName } from "./index-of-name.ts";
import type { Io, Look, Terms } from "./io.ts";
import { makeContext } from "./make-context.ts";
import { asksForJson, parseWords } from "./parse-args.ts";
import { ProgressLine } from "./progress.ts";
import { reportFailure } from "./report-failure.ts";
import { chooseLook, inLines, onOneLine, tell } from "./terminal.ts";

/** The whole program but for `process`: words in, bytes and an exit status out. */
export async function run(words: readonly string[], io: Io): Promise<number> {
  const terms: Terms = { io, json: asksForJson(words) };
  try {
    return await dispatch(words, terms);
  } catch (error) {
    await heedFormat(words, terms);
    return reportFailure(error, io, { json: terms.json, debug: words.includes("--debug") });
  }
}

async function dispatch(words: readonly string[], terms: Terms): Promise<number> {
  if (words[0] === "__complete") {
    const { printCompletion } = await import("./complete/print-completion.ts");
    return printCompletion(words.slice(1), terms.io);
  }
  const { name, rest } = splitName(words);
  if (name === "version") return printVersion(terms);
  if (name === undefined) {
    return parseWords(rest, {}).globals.version ? printVersion(terms) : helpOn([], terms);
  }
  if (name === "help") return helpOn(rest, terms);
  const entry = findCommand(name);
  if (entry === undefined) return refuseUnknown(name);
  const verbs = await entry.loadVerbs?.();
  return verbs === undefined
    ? runEntry(entry, rest, terms)
    : dispatchVerb({ entry, verbs }, rest, terms);
}

/** What follows a noun: one of its verbs, or flags alone. */
async function dispatchVerb(
  { entry, verbs }: Noun,
  words: readonly string[],
  terms: Terms,
): Promise<number> {
  const { name, rest } = splitName(words);
  if (name !== undefined) return runEntry(await findVerb({ entry, verbs }, name), rest, terms);
  if (entry.load !== undefined && !words.every(isGlobalFlag)) return runEntry(entry, words, terms);
  if (parseWords(words, {}).globals.version) return printVersion(terms);
  const { printHelp } = await import("./print-help.ts");
  return printHelp({ entry, verbs }, terms);
}

async function findVerb({ entry, verbs }: Noun, name: string): Promise<CommandEntry> {
  const verb = findByName(verbs, name);
  if (verb !== undefined) return entryOfVerb(entry, verb);
  const { unknownWord } = await import("./print-help.ts");
  throw unknownWord(name, { of: `jvs ${entry.name}`, entries: verbs });
}

function isGlobalFlag(word: string): boolean {
  const name = /^--([a-z-]+)/.exec(word)?.[1];
  return (
    word === "-h" || word === "-q" || (name !== undefined && Object.hasOwn(GLOBAL_FLAGS, name))
  );
}

async function runEntry(
  entry: CommandEntry,
  words: readonly string[],
  terms: Terms,
): Promise<number> {
  if (entry.load === undefined) return refuseUnknown(entry.name);
  const call = (await entry.load()).parse(words);
  if (call.args.globals.version) return printVersion(terms);
  if (!call.args.globals.help)
    return runCall(call, await heedSettings(entry, { call, words }, terms), terms);
  const { printHelp } = await import("./print-help.ts");
  return printHelp({ entry }, terms);
}

/** Takes the command's name out of the words: the first one that is no flag. */
function splitName(words: readonly string[]): { name: string | undefined; rest: string[] } {
  const at = indexOfName(words);
  if (at < 0) return { name: undefined, rest: [...words] };
  return { name: words[at], rest: words.filter((_, index) => index !== at) };
}

async function runCall(call: ParsedCall, settings: Settings, terms: Terms): Promise<number> {
  const { io } = terms;
  if (!call.args.globals.quiet) warnAboutExtra(call.extra, io);
  const progress = new ProgressLine(io, { shown: wantsProgress(call, settings, terms) });
  let outcome: Outcome;
  try {
    outcome = await call.run(makeContext(io, progress, settings), io);
  } finally {
    progress.clear();
  }
  return printOutcome(outcome, call.args.globals, terms);
}

/** Returns the exit status. */
function printOutcome(outcome: Outcome, globals: GlobalFlags, { io, json }: Terms): number {
  const look = chooseLook(io, globals);
  if (json) printJson(outcome.toJson(), io);
  else printText(outcome.render(look), io, outcome.isRaw ? undefined : look);
  const { warning, partial, damage = false } = outcome.review;
  if (warning !== "" && (partial || damage || !globals.quiet)) tell(io, warning);
  if (damage) return ERROR_CODES.E_OBJECT_DAMAGED.exit;
  return partial ? ERROR_CODES.E_PARTIAL.exit : 0;
}

/** The line is written over and over: a terminal that cannot do that gets none. */
function wantsProgress(
  { args: { globals } }: ParsedCall,
  settings: Settings,
  { io, json }: Terms,
): boolean {
  if (json || !io.errIsTerminal || io.isDumb) return false;
  return !globals["no-progress"] && !globals.quiet && settings.progress_enabled !== false;
}

function warnAboutExtra(extra: readonly string[], io: Io): void {
  for (const word of extra)
    tell(io, `jvs: warning: "${onOneLine(word)}" is not used by this command`);
}

/** @param look how words look in which control characters mean nothing */
function printText(
  text: string | Iterable<string | Uint8Array>,
  io: Io,
  look: Look | undefined,
): void {
  const pieces = typeof text === "string" ? (text === "" ? [] : [text]) : text;
  for (const piece of gathered(inWords(pieces, look))) io.out(piece);
}

function* inWords(
  pieces: Iterable<string | Uint8Array>,
  look: Look | undefined,
): Generator<string | Uint8Array> {
  for (const piece of pieces)
    if (typeof piece !== "string") yield piece;
    else yield `${look === undefined ? piece : inLines(piece, look)}\n`;
}

function printJson(value: unknown, io: Io): void {
  for (const piece of gathered(jsonText(value))) io.out(piece);
}

function printVersion({ io, json }: Terms): number {
  if (json) io.out(`${JSON.stringify({ version: io.version }, null, 2)}\n`);
  else io.out(`jvs ${io.version}\n`);
  return 0;
}

/** The help of what these words name; of everything when there are none. */
async function helpOn(words: readonly string[], terms: Terms): Promise<number> {
  const { findTopic, printHelp } = await import("./print-help.ts");
  return printHelp(await findTopic(words.filter((word) => !word.startsWith("-"))), terms);
}

async function refuseUnknown(name: string): Promise<never> {
  if (/^__(unwritten|torn)=\d+$/.test(name)) {
    const { explainServed } = await import("./serve/explain-served.ts");
    throw explainServed(name);
  }
  const { unknownWord } = await import("./print-help.ts");
  throw unknownWord(name, { of: "jvs", entries: COMMANDS });
}
