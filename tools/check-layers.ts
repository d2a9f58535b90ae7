/**
 * Fails when a file of src/ imports from a room that its own room may not look into, when
 * files import each other in a circle, when a file has grown too long, or when a command that has to
 * start quickly loads modules of Node.
 */
import { dirname, join, relative } from "node:path";

/** Room -> the rooms it may import. What is not listed is not allowed. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  model: [],
  fs: ["model"],
  tree: ["fs", "model"],
  store: ["tree", "fs", "model"],
  repo: ["tree", "fs", "model"],
  engines: ["store", "tree", "fs", "model"],
  git: ["tree", "fs", "model"],
  sandbox: ["tree", "fs", "model"],
  agents: ["model"],
  operations: ["engines", "store", "repo", "git", "sandbox", "tree", "model"],
  cli: ["operations", "agents", "fs", "model"],
  mcp: ["operations", "agents", "model"],
  http: ["operations", "agents", "model"],
  tui: ["operations", "agents", "model"],
  web: [],
  "main.ts": ["cli"],
};

/** Allowed through `await import()` alone: a face costs nothing until a command starts it. */
const MAY_IMPORT_LATE: Record<string, readonly string[]> = { cli: ["mcp", "http", "tui"] };

/** Allowed as `import type` alone: these two do not run in the same program. */
const MAY_IMPORT_TYPES: Record<string, readonly string[]> = { web: ["model"] };

/** What runs before every command, and the commands that hooks and scripts call all the time. */
const START = [
  "main.ts",
  "cli/run.ts",
  ...["status", "snapshot", "restore", "undo", "redo", "diff", "history"].map(
    (name) => `cli/commands/${name}.ts`,
  ),
];

const MAX_LINES = 300;
const SRC = join(import.meta.dir, "../src");

/** One arrow between two files, both named relative to src/. */
interface Arrow {
  readonly from: string;
  readonly to: string;
  readonly line: number;
  readonly kind: "value" | "type" | "late";
}

const STATIC = /^[ \t]*(?:import|export)\s+(type\s)?(?:[^"';]*?\sfrom\s+)?["'](\.[^"']*)["']/gm;
const LATE = /\b(typeof\s+)?import\(\s*["'](\.[^"']*)["']/g;
const NODE = /^[ \t]*import\s+(?!type\s)[^"';]*?\sfrom\s+["'](node:[^"']*)["']/gm;
const COMMENT_LINE = /^[ \t]*(?:\/\/|\/\*|\*).*$/gm;

await main();

async function main(): Promise<void> {
  const files = [...new Bun.Glob("**/*.{ts,tsx}").scanSync(SRC)].filter(isChecked).sort();
  const texts = await Promise.all(files.map((file) => Bun.file(join(SRC, file)).text()));
  const arrows = files.flatMap((file, at) => arrowsOf(file, texts[at] ?? ""));
  const faults = [
    ...files.flatMap(faultOfPlace),
    ...files.flatMap((file, at) => faultOfLength(file, texts[at] ?? "")),
    ...arrows.flatMap(faultOfArrow),
    ...faultsOfCircles(files, arrows),
    ...faultsOfStart(new Map(files.map((file, at) => [file, texts[at] ?? ""])), arrows),
  ];
  for (const fault of faults) console.error(fault);
  console.log(`layers: ${files.length} files, ${faults.length} faults`);
  process.exitCode = faults.length === 0 ? 0 : 1;
}

/** Tests and suites may look anywhere. */
function isChecked(file: string): boolean {
  return !/\.(test|suite|d)\.tsx?$/.test(file);
}

function arrowsOf(from: string, text: string): Arrow[] {
  const code = text.replace(COMMENT_LINE, "");
  const makeArrow = (match: RegExpMatchArray, kind: Arrow["kind"]): Arrow => ({
    from,
    to: join(dirname(from), match[2] ?? ""),
    line: code.slice(0, match.index).split("\n").length,
    kind: match[1] ? "type" : kind,
  });
  return [
    ...[...code.matchAll(STATIC)].map((match) => makeArrow(match, "value")),
    ...[...code.matchAll(LATE)].map((match) => makeArrow(match, "late")),
  ];
}

function faultOfPlace(file: string): string[] {
  if (roomOf(file) in MAY_IMPORT) return [];
  return [`src/${file}: "${roomOf(file)}" is no room; tools/check-layers.ts knows them all`];
}

function faultOfLength(file: string, text: string): string[] {
  const lines = text.split("\n").length - (text.endsWith("\n") ? 1 : 0);
  return lines > MAX_LINES ? [`src/${file}: ${lines} lines, at most ${MAX_LINES} are allowed`] : [];
}

function faultOfArrow(arrow: Arrow): string[] {
  const place = `src/${arrow.from}:${arrow.line}`;
  const [from, to] = [roomOf(arrow.from), roomOf(arrow.to)];
  if (to === "..") return [`${place}: may not look outside src/ (${arrow.to})`];
  if (!isChecked(arrow.to)) return [`${place}: may not import a test (${arrow.to})`];
  if (mayImport(from, to, arrow)) return [];
  const only = exceptionFor(from, to);
  const verdict = only ? `may import ${to} ${only} alone` : `may not import ${to}`;
  return [`${place}: ${from} ${verdict} (${arrow.to})`];
}

function exceptionFor(from: string, to: string): string | undefined {
  if (MAY_IMPORT_LATE[from]?.includes(to)) return "through await import()";
  if (MAY_IMPORT_TYPES[from]?.includes(to)) return "as import type";
  return undefined;
}

function mayImport(from: string, to: string, { kind, to: file }: Arrow): boolean {
  if (from === to || MAY_IMPORT[from]?.includes(to)) return true;
  if (kind === "late" && MAY_IMPORT_LATE[from]?.includes(to)) return true;
  if (kind === "type" && MAY_IMPORT_TYPES[from]?.includes(to)) return true;
  return isPage(from, to, file);
}

/** The server embeds the browser's page: the file as it is, none of its code. */
function isPage(from: string, to: string, file: string): boolean {
  return from === "http" && to === "web" && file.endsWith(".html");
}

/** Each circle once, named from the file where the search first met it. */
function faultsOfCircles(files: readonly string[], arrows: readonly Arrow[]): string[] {
  const next = Map.groupBy(arrows, (arrow) => arrow.from);
  const done = new Set<string>();
  const faults: string[] = [];
  const visit = (file: string, path: readonly string[]): void => {
    const seenAt = path.indexOf(file);
    if (seenAt >= 0) faults.push(`src/${[...path.slice(seenAt), file].join(" -> ")}: a circle`);
    if (seenAt >= 0 || done.has(file)) return;
    for (const { to } of next.get(file) ?? []) visit(to, [...path, file]);
    done.add(file);
  };
  for (const file of files) visit(file, []);
  return [...new Set(faults)];
}

/** node:fs takes 1.4 ms to load, node:path half of one: what needs them must be loaded when it is needed. */
function faultsOfStart(texts: ReadonlyMap<string, string>, arrows: readonly Arrow[]): string[] {
  const next = Map.groupBy(
    arrows.filter(({ kind }) => kind === "value"),
    (arrow) => arrow.from,
  );
  const loaded = new Set(START);
  for (const file of loaded) for (const { to } of next.get(file) ?? []) loaded.add(to);
  return [...loaded].flatMap((file) =>
    [...(texts.get(file) ?? "").matchAll(NODE)].map(
      ([, name]) =>
        `src/${file}: short commands load it, and ${name} takes too long: see src/fs/files.ts`,
    ),
  );
}

/** The first folder of a path below src/, or the file itself when it lies in none. */
function roomOf(file: string): string {
  return relative(SRC, join(SRC, file)).split("/")[0] ?? "";
}
