import { ERROR_CODES } from "../model/errors.ts";
import type { Outcome, ParsedCall } from "./command.ts";
import { COMMANDS, type CommandEntry, findCommand } from "./commands.ts";
import type { Io } from "./io.ts";
import { makeContext } from "./make-context.ts";
import { asksForJson, parseWords } from "./parse-args.ts";
import { ProgressLine } from "./progress.ts";
import { reportFailure } from "./report-failure.ts";
import { suggest } from "./suggest.ts";
import { chooseLook, onOneLine } from "./terminal.ts";
import { UsageError } from "./usage-error.ts";

/** The whole program but for `process`: words in, bytes and an exit status out. */
export async function run(words: readonly string[], io: Io): Promise<number> {
  const json = asksForJson(words);
  try {
    return await dispatch(words, { io, json });
  } catch (error) {
    return reportFailure(error, io, { json, debug: words.includes("--debug") });
  }
}

interface Terms {
  readonly io: Io;
  readonly json: boolean;
}

async function dispatch(words: readonly string[], terms: Terms): Promise<number> {
  const { name, rest } = splitName(words);
  if (name === "version") return printVersion(terms);
  if (name === undefined) {
    return parseWords(rest, {}).globals.version ? printVersion(terms) : printHelp(undefined, terms);
  }
  if (name === "help") return helpOn(splitName(rest).name, terms);
  const entry = findCommand(name);
  if (entry?.load === undefined) throw unknownCommand(name);
  const call = (await entry.load()).parse(rest);
  if (call.args.globals.version) return printVersion(terms);
  if (call.args.globals.help) return printHelp(entry, terms);
  return runCall(call, terms);
}

/** Takes the command's name out of the words: the first one that is no flag. */
function splitName(words: readonly string[]): { name: string | undefined; rest: string[] } {
  const at = words.findIndex((word) => word === "-" || !word.startsWith("-"));
  if (at < 0) return { name: undefined, rest: [...words] };
  return { name: words[at], rest: words.filter((_, index) => index !== at) };
}

async function runCall(call: ParsedCall, { io, json }: Terms): Promise<number> {
  const { globals } = call.args;
  const look = chooseLook(io, globals);
  const shown = io.errIsTerminal && !json && !globals["no-progress"] && !globals.quiet;
  const progress = new ProgressLine(io, { shown });
  if (!globals.quiet) warnAboutExtra(call.extra, io);
  let outcome: Outcome;
  try {
    outcome = await call.run(makeContext(io, progress), io);
  } finally {
    progress.clear();
  }
  if (json) printJson(outcome.toJson(), io);
  else printText(outcome.render(look), io);
  const { warning, partial } = outcome.review;
  if (warning !== "" && (partial || !globals.quiet)) io.err(`${warning}\n`);
  return partial ? ERROR_CODES.E_PARTIAL.exit : 0;
}

function warnAboutExtra(extra: readonly string[], io: Io): void {
  for (const word of extra)
    io.err(`jvs: warning: "${onOneLine(word)}" is not used by this command\n`);
}

function printText(text: string | Iterable<Uint8Array>, io: Io): void {
  if (typeof text !== "string") for (const piece of text) io.out(piece);
  else if (text !== "") io.out(`${text}\n`);
}

function printJson(value: unknown, io: Io): void {
  io.out(`${JSON.stringify(value, null, 2)}\n`);
}

function printVersion({ io, json }: Terms): number {
  if (json) printJson({ version: io.version }, io);
  else io.out(`jvs ${io.version}\n`);
  return 0;
}

async function helpOn(topic: string | undefined, terms: Terms): Promise<number> {
  const entry = topic === undefined ? undefined : findCommand(topic);
  if (topic === undefined || entry !== undefined) return printHelp(entry, terms);
  const { renderRootHelp } = await import("./help.ts");
  throw new UsageError(`unknown help topic "${topic}"`, `\n${renderRootHelp()}`);
}

async function printHelp(entry: CommandEntry | undefined, { io, json }: Terms): Promise<number> {
  const help = await import("./help.ts");
  const command = await entry?.load?.();
  const isOne = entry !== undefined && command !== undefined;
  if (json) printJson(isOne ? help.describeCommand(entry, command) : help.describeCommands(), io);
  else printText(isOne ? help.renderCommandHelp(entry, command) : help.renderRootHelp(), io);
  return 0;
}

function unknownCommand(name: string): UsageError {
  const names = COMMANDS.flatMap((entry) => [entry.name, ...entry.aliases]);
  const close = suggest(name, names).slice(0, 3);
  const hint =
    close.length === 0
      ? "Run jvs help to see the commands"
      : `\nDid you mean this?\n${close.map((match) => `\t${match}\n`).join("")}`;
  return new UsageError(`unknown command "${name}" for "jvs"`, hint);
}
