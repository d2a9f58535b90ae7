import type { VerbEntry } from "./command.ts";
import { type CommandEntry, entryOfVerb, findByName, findCommand, type Noun } from "./commands.ts";
import * as help from "./help.ts";
import type { Terms } from "./io.ts";
import { suggest } from "./suggest.ts";
import { UsageError } from "./usage-error.ts";

/** What help is asked about; undefined: all of jvs. */
export type Topic = { readonly entry: CommandEntry; readonly verbs?: Noun["verbs"] } | undefined;

/**
 * What `jvs help worktree create` is about.
 *
 * @throws UsageError when there is no such command
 */
export async function findTopic([name, second]: readonly string[]): Promise<Topic> {
  if (name === undefined) return undefined;
  const entry = findCommand(name);
  if (entry === undefined)
    throw new UsageError(`unknown help topic "${name}"`, `\n${help.renderRootHelp()}`);
  const verbs = await entry.loadVerbs?.();
  if (verbs === undefined) return { entry };
  if (second === undefined) return { entry, verbs };
  const verb = findByName(verbs, second);
  if (verb === undefined) throw unknownWord(second, { of: `jvs ${entry.name}`, entries: verbs });
  return { entry: entryOfVerb(entry, verb) };
}

/** Prints the help page. The exit status is always 0. */
export async function printHelp(topic: Topic, { io, json }: Terms): Promise<number> {
  const page = await makePage(topic);
  io.out(`${json ? JSON.stringify(page.value(), null, 2) : page.text()}\n`);
  return 0;
}

interface Page {
  value(): unknown;
  text(): string;
}

async function makePage(topic: Topic): Promise<Page> {
  const command = await topic?.entry.load?.();
  if (topic?.verbs !== undefined) {
    const { entry, verbs } = topic;
    return {
      value: () => help.describeNoun({ entry, verbs }, command),
      text: () => help.renderNounHelp({ entry, verbs }, command),
    };
  }
  if (topic === undefined || command === undefined)
    return { value: help.describeCommands, text: help.renderRootHelp };
  return {
    value: () => help.describeCommand(topic.entry, command),
    text: () => help.renderCommandHelp(topic.entry, command),
  };
}

/** A word that is none of the commands, or none of the verbs of a noun. */
export function unknownWord(
  name: string,
  { of, entries }: { of: string; entries: readonly Pick<VerbEntry, "name" | "aliases">[] },
): UsageError {
  const names = entries.flatMap((entry) => [entry.name, ...entry.aliases]);
  const close = suggest(name, names).slice(0, 3);
  const where = of === "jvs" ? "jvs help" : `jvs help ${of.slice("jvs ".length)}`;
  const hint =
    close.length === 0
      ? `Run ${where} to see the commands`
      : `\nDid you mean this?\n${close.map((match) => `\t${match}\n`).join("")}`;
  return new UsageError(`unknown command "${name}" for "${of}"`, hint);
}
