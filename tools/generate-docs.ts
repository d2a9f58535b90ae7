/**
 * Writes docs/commands.md from the command definitions and docs/errors.md from the error table.
 *
 *   bun tools/generate-docs.ts            writes both
 *   bun tools/generate-docs.ts --check    fails when a page is not what it would write
 */
import { join } from "node:path";
import { COMMANDS, type CommandEntry, entryOfVerb, PURPOSES } from "../src/cli/commands.ts";
import { GLOBAL_FLAGS } from "../src/cli/flags.ts";
import {
  type CommandDescription,
  describeCommand,
  describeFlags,
  type FlagDescription,
} from "../src/cli/help.ts";
import { ERROR_CODES } from "../src/model/errors.ts";

const DOCS = join(import.meta.dir, "../docs");
const NOTICE =
  "<!-- Written by tools/generate-docs.ts. Change the command or the table, then run `make docs`. -->";

const STATUS_MEANINGS: Record<(typeof ERROR_CODES)[keyof typeof ERROR_CODES]["exit"] | 0, string> =
  {
    0: "Done, or nothing to do",
    1: "A failure with a cause and a way out, both named",
    2: "The command line does not make sense",
    3: "Done in part; the paths that were not are named",
    10: "No repository here",
    11: "Another process is at work in the repository",
    12: "Damage found",
    70: "A fault in jvs itself",
    130: "Stopped by the user",
  };

await main(process.argv.includes("--check"));

async function main(isCheck: boolean): Promise<void> {
  const pages = { "commands.md": await commandsPage(), "errors.md": errorsPage() };
  for (const [name, text] of Object.entries(pages)) {
    const file = Bun.file(join(DOCS, name));
    if (!isCheck) await Bun.write(file, text);
    else if (!(await file.exists()) || (await file.text()) !== text) {
      console.error(`docs/${name} is out of date: run \`make docs\``);
      process.exitCode = 1;
    }
  }
}

async function commandsPage(): Promise<string> {
  const entries = (await Promise.all(COMMANDS.map(withVerbs))).flat();
  const described = (await Promise.all(entries.map(describe))).filter((one) => one !== undefined);
  const parts = PURPOSES.map((purpose) => {
    const commands = described.filter((one) => one.purpose === purpose);
    return [`## ${purpose}`, ...commands.map(commandPart)].join("\n\n");
  });
  return page("Commands", [
    "`jvs <command> [arguments] [flags]`. Flags stand before or behind the arguments; `--` ends them.",
    ...parts,
    `## Flags for every command\n\n${flagTable(describeFlags(GLOBAL_FLAGS))}`,
    "`jvs help <command>` prints the same as this page; `jvs version` the same as `jvs --version`.",
    `## Exit statuses\n\n${statusTable()}`,
  ]);
}

/** A command, or each verb of a noun. */
async function withVerbs(entry: CommandEntry): Promise<CommandEntry[]> {
  const verbs = (await entry.loadVerbs?.()) ?? [];
  const own = entry.load === undefined ? [] : [entry];
  return [...own, ...verbs.map((verb) => entryOfVerb(entry, verb))];
}

async function describe(entry: CommandEntry): Promise<CommandDescription | undefined> {
  return entry.load && describeCommand(entry, await entry.load());
}

function commandPart(command: CommandDescription): string {
  const { name, aliases, summary, usage, about, flags, examples } = command;
  const lines = examples.map((example) => `# ${example.does}\n${example.command}`);
  return [
    `### jvs ${name}`,
    `${summary}.`,
    `    ${usage}`,
    ...(aliases.length > 0
      ? [`Also called: ${aliases.map((alias) => `\`${alias}\``).join(", ")}.`]
      : []),
    about,
    ...(flags.length > 0 ? [flagTable(flags)] : []),
    `\`\`\`sh\n${lines.join("\n")}\n\`\`\``,
  ].join("\n\n");
}

function flagTable(flags: readonly FlagDescription[]): string {
  return table(
    ["flag", "meaning"],
    flags.map(({ flag, about }) => [`\`${flag}\``, about]),
  );
}

function statusTable(): string {
  const rows = Object.entries(STATUS_MEANINGS).map(([status, meaning]) => {
    const codes = Object.entries(ERROR_CODES).filter(([, { exit }]) => exit === Number(status));
    return [status, meaning, codes.map(([code]) => `\`${code}\``).join(", ")];
  });
  return table(["status", "meaning", "codes"], rows);
}

function errorsPage(): string {
  const rows = Object.entries(ERROR_CODES).map(([code, { exit, about }]) => [
    `\`${code}\``,
    String(exit),
    about,
  ]);
  return page("Errors", [
    "People read `jvs: <what happened>` on stderr, and under it what to do about it.",
    'With `--json`, stdout also holds one value, `{"error": {"code", "message", "hint", "status", "details"}}`.',
    table(["code", "exit status", "meaning"], rows),
  ]);
}

function page(title: string, parts: readonly string[]): string {
  return `${[NOTICE, `# ${title}`, ...parts].join("\n\n")}\n`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
