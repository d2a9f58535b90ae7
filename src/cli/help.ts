import type { Command } from "./command.ts";
import { COMMANDS, type CommandEntry, type Noun, PURPOSES } from "./commands.ts";
import { type Flags, GLOBAL_FLAGS } from "./flags.ts";
import { columns, wrapProse } from "./wrap.ts";

const NAME_WIDTH = Math.max(...COMMANDS.map(({ name }) => name.length));

const EXAMPLES = `  jvs init                             make this folder a workspace
  jvs snapshot "before the rewrite"    save everything in it
  jvs restore HEAD                     go back to it (jvs undo takes that back)`;

/** What `jvs` and `jvs help` print. */
export function renderRootHelp(): string {
  const parts = PURPOSES.map((purpose) => {
    const entries = COMMANDS.filter((entry) => entry.purpose === purpose);
    const rows = entries.map(({ name, summary }) => [name, summary] as const);
    return `${purpose}:\n${columns(rows, NAME_WIDTH)}`;
  });
  return [
    "JVS - workspace versioning: snapshots of a whole folder, any file, any size.",
    "Usage:\n  jvs <command> [arguments] [flags]",
    ...parts,
    `Examples:\n${EXAMPLES}`,
    `Flags for every command:\n${flagLines(GLOBAL_FLAGS)}`,
    "Run `jvs help <command>` to see how a command is used.",
  ].join("\n\n");
}

/** What `jvs <command> --help` prints. */
export function renderCommandHelp(entry: CommandEntry, command: Command): string {
  const { aliases, flags, examples, about } = describeCommand(entry, command);
  return [
    `${entry.summary}.`,
    `Usage:\n  ${usageLine(entry, command)}`,
    ...(aliases.length > 0 ? [`Also called: ${aliases.join(", ")}`] : []),
    wrapProse(about),
    ...(flags.length > 0 ? [`Flags:\n${flagLines(command.flags)}`] : []),
    `Examples:\n${columns(examples.map((example) => [example.command, example.does]))}`,
    `Flags for every command:\n${flagLines(GLOBAL_FLAGS)}`,
  ].join("\n\n");
}

/** What `jvs worktree` prints. `own` is what the noun does when flags alone follow. */
export function renderNounHelp({ entry, verbs }: Noun, own: Command | undefined): string {
  const { name, aliases, summary } = entry;
  const rows = verbs.map((verb) => [verb.name, verb.summary] as const);
  return [
    `${summary}.`,
    `Usage:\n  jvs ${name} <command> [arguments] [flags]`,
    ...(aliases.length > 0 ? [`Also called: ${aliases.join(", ")}`] : []),
    ...(own === undefined ? [] : [wrapProse(own.about)]),
    `Commands:\n${columns(rows)}`,
    ...(own === undefined ? [] : [`Flags without a command:\n${flagLines(own.flags)}`]),
    `Flags for every command:\n${flagLines(GLOBAL_FLAGS)}`,
    `Run \`jvs help ${name} <command>\` to see how one of them is used.`,
  ].join("\n\n");
}

/** The noun and its verbs as a value, for `jvs help --json`. */
export function describeNoun({ entry, verbs }: Noun, own: Command | undefined): unknown {
  const { name, aliases, purpose, summary } = entry;
  const commands = verbs.map((verb) => ({
    name: `${name} ${verb.name}`,
    aliases: verb.aliases,
    summary: verb.summary,
  }));
  const usage = `jvs ${name} <command> [arguments] [flags]`;
  const flags = own === undefined ? [] : describeFlags(own.flags);
  return { name, aliases, purpose, summary, usage, flags, commands };
}

/** `jvs diff [from [to]] [flags]`. */
export function usageLine(entry: CommandEntry, { usage, flags }: Command): string {
  const hasFlags = Object.keys(flags).length > 0;
  const [before = "", behind] = usage.split(/ (?=\[-- )/);
  return ["jvs", entry.name, before, hasFlags ? "[flags]" : "", behind ?? ""]
    .filter((part) => part !== "")
    .join(" ");
}

export interface CommandDescription {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly purpose: string;
  readonly summary: string;
  readonly usage: string;
  readonly about: string;
  readonly flags: readonly FlagDescription[];
  readonly examples: Command["examples"];
}

export interface FlagDescription {
  readonly flag: string;
  readonly about: string;
}

/** The command as a value, for `jvs help --json` and the command reference. */
export function describeCommand(entry: CommandEntry, command: Command): CommandDescription {
  const { name, aliases, purpose, summary } = entry;
  const { about, examples } = command;
  const usage = usageLine(entry, command);
  return {
    name,
    aliases,
    purpose,
    summary,
    usage,
    about,
    flags: describeFlags(command.flags),
    examples,
  };
}

/** The table of commands as a value. */
export function describeCommands(): unknown {
  return {
    commands: COMMANDS.map(({ name, aliases, purpose, summary }) => ({
      name,
      aliases,
      purpose,
      summary,
    })),
    flags: describeFlags(GLOBAL_FLAGS),
  };
}

/** The flags as they stand in help. */
export function describeFlags(flags: Flags): FlagDescription[] {
  return Object.entries(flags).map(([name, { short, type, value, choices, about }]) => {
    const placeholder = type === "boolean" ? "" : ` <${choices?.join("|") ?? value ?? type}>`;
    return { flag: `${short === undefined ? "" : `-${short}, `}--${name}${placeholder}`, about };
  });
}

/** Long names stand under each other, with or without a short one. */
function flagLines(flags: Flags): string {
  return columns(
    describeFlags(flags).map(({ flag, about }) => [flag.replace(/^--/, "    --"), about]),
  );
}
