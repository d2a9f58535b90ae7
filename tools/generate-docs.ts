/**
 * Writes docs/commands.md from the command definitions and docs/errors.md from the error table.
 *
 *   bun tools/generate-docs.ts            writes both
 *   bun tools/generate-docs.ts --check    fails when a page is not what it would write
 */
import { join } from "node:path";
import { COMMANDS, type CommandEntry, PURPOSES } from "../src/cli/commands.ts";
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
  const described = (await Promise.all(COMMANDS.map(describe))).filter((one) => one !== undefined);
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

/** Statuses as the codes have them; 0 is no failure. */
function statusTable(): string {
  const codes = Object.entries(ERROR_CODES);
  const statuses = [...new Set(codes.map(([, { exit }]) => exit))].sort((a, b) => a - b);
  const rows = statuses.map((status) => {
    const names = codes.filter(([, { exit }]) => exit === status).map(([code]) => `\`${code}\``);
    return [String(status), names.join(", ")];
  });
  return table(["status", "meaning"], [["0", "Done, or nothing to do"], ...rows]);
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
