/**
 * Shows jvs at work on real input: a copy of this project's own node_modules in a temporary folder.
 * Every command that is printed is run as it stands, by a shell. What comes back from a restore is
 * compared by a walk of our own, which shares no code with jvs.
 *
 *   bun tools/demo.ts        needs bin/jvs; `make demo` sees to it
 */
import { createHash } from "node:crypto";
import {
  closeSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  realpathSync,
  rmSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

const ROOT = join(import.meta.dir, "..");
const BIN = join(ROOT, "bin");
const WIDTH = 80;
/** Lines of a command's output that are shown. */
const MOST_LINES = 14;
const PIECE = Buffer.alloc(1 << 20);

/** What happens to the folder: each line is a command for the shell. */
const WRECK = [
  "echo '// oops' >> picomatch/index.js",
  "rm -r ignore",
  "chmod 600 typescript/package.json",
  "mkdir ideas && echo 'delete half of it' > ideas/today.txt",
  "rm -r diff && echo 'I was a folder' > diff",
  "mv fast-check/README.md fast-check/read.me",
];

/** Path -> everything that must come back. */
type Fingerprint = ReadonlyMap<string, string>;

interface Step {
  /** As a person would type it. */
  readonly line: string;
  readonly cwd: string;
  /** Print what the command prints. */
  readonly shows?: boolean;
}

/** The demo cannot go on, or has shown that something is wrong. */
class DemoFailure extends Error {
  override readonly name = "DemoFailure";
}

process.exitCode = await main();

async function main(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "jvs-demo-"));
  const cleanUp = (): void => rmSync(folder, { recursive: true, force: true });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(signal, () => {
      cleanUp();
      process.exit(130);
    });
  }
  try {
    await show(folder);
    print(`\n${paint("32", "Demo passed: all that was wrecked came back, byte for byte.")}`);
    return 0;
  } catch (error) {
    if (!(error instanceof DemoFailure)) throw error;
    print(`\n${paint("31", `Demo failed: ${error.message}`)}`);
    return 1;
  } finally {
    cleanUp();
  }
}

async function show(folder: string): Promise<void> {
  const cwd = join(realpathSync(folder), "project");
  const jvs = (words: string): Promise<void> => run({ line: `jvs ${words}`, cwd, shows: true });

  title("A folder with thousands of files");
  if (!existsSync(join(BIN, "jvs"))) throw new DemoFailure("there is no bin/jvs; run `make build`");
  await run({ line: `cp -a node_modules/. ${cwd}`, cwd: ROOT });
  // What follows destroys things: it must not happen anywhere else.
  if (realpathSync(cwd) !== cwd) throw new DemoFailure(`${cwd} is not the copy`);
  await run({ line: `cd ${cwd}`, cwd });
  const asItWas = takeFingerprint(cwd);
  note(`${count(asItWas.size)} files, folders and links`);

  title("Keep it");
  await jvs("init");
  await jvs('snapshot "as npm left it"');

  title("Wreck it");
  for (const line of WRECK) await run({ line, cwd });
  const wrecked = takeFingerprint(cwd);

  title("See what happened");
  await jvs("status");
  await jvs("diff --stat");

  title("Go back");
  await jvs("restore HEAD");
  compare(takeFingerprint(cwd), asItWas, "all as before");

  title("Change your mind, twice");
  await jvs("undo");
  compare(takeFingerprint(cwd), wrecked, "the wreck is back");
  await jvs("redo");
  compare(takeFingerprint(cwd), asItWas, "all as before");

  title("What it costs");
  await run({ line: "echo 'one line more' >> picomatch/README.md", cwd });
  await jvs('snapshot "one line more"');
  await jvs("show HEAD | grep Content");
  await run({ line: "du -sh --exclude=.jvs . && du -sh .jvs", cwd, shows: true });
  await jvs("operations");
}

/** Runs a command through the shell and prints it with its time. */
async function run({ line, cwd, shows = false }: Step): Promise<void> {
  const start = performance.now();
  const child = Bun.spawn(["sh", "-c", `{ ${line}\n} 2>&1`], {
    cwd,
    env: { ...process.env, PATH: `${BIN}${delimiter}${process.env.PATH ?? ""}` },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [text, exit] = await Promise.all([child.stdout.text(), child.exited]);
  const seconds = (performance.now() - start) / 1000;
  printCommand(line, seconds);
  if (shows || exit !== 0) printOutput(text);
  if (exit !== 0) throw new DemoFailure(`\`${line}\` ended with status ${exit}`);
}

/** Every name below `root` but `.jvs`, with its kind, mode, content, and for files the time. */
function takeFingerprint(root: string): Fingerprint {
  const facts = new Map<string, string>();
  const pending = [""];
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    for (const { name } of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = join(folder, name);
      if (path === ".jvs") continue;
      facts.set(path, describe(join(root, path)));
      if (facts.get(path)?.startsWith("folder")) pending.push(path);
    }
  }
  return facts;
}

function describe(path: string): string {
  const stat = lstatSync(path, { bigint: true });
  const mode = (stat.mode & 0o7777n).toString(8);
  if (stat.isSymbolicLink()) return `link to ${readlinkSync(path)}`;
  if (stat.isDirectory()) return `folder ${mode}`;
  return `file ${mode} ${stat.size} ${stat.mtimeNs} ${stat.nlink} ${hashFile(path)}`;
}

function hashFile(path: string): string {
  const hash = createHash("sha256");
  const fd = openSync(path, "r");
  try {
    for (let got = readSync(fd, PIECE); got > 0; got = readSync(fd, PIECE))
      hash.update(PIECE.subarray(0, got));
  } finally {
    closeSync(fd);
  }
  return hash.digest("hex");
}

function compare(found: Fingerprint, wanted: Fingerprint, what: string): void {
  const paths = new Set([...found.keys(), ...wanted.keys()]);
  const wrong = [...paths].filter((path) => found.get(path) !== wanted.get(path));
  if (wrong.length === 0) {
    note(`${count(wanted.size)} paths compared (content, mode, time, links): ${what}`);
    return;
  }
  for (const path of wrong.slice(0, MOST_LINES)) {
    print(`  ${path}`);
    print(`    wanted: ${wanted.get(path) ?? "nothing"}`);
    print(`    found:  ${found.get(path) ?? "nothing"}`);
  }
  throw new DemoFailure(`${count(wrong.length)} paths are wrong, not: ${what}`);
}

function title(text: string): void {
  print(`\n${paint("1;36", text)}`);
}

/** The time stands at the right edge, or behind a command that is too long. */
function printCommand(line: string, seconds: number): void {
  const time = `${seconds.toFixed(2)} s`;
  const gap = " ".repeat(Math.max(1, WIDTH - 4 - line.length - time.length));
  print(`  ${paint("2", "$")} ${paint("1", line)}${gap}${paint("2", time)}`);
}

function printOutput(text: string): void {
  const lines = text
    .replaceAll("\t", "  ")
    .replace(/^\n+|\s+$/g, "")
    .split("\n");
  const left = lines.length - MOST_LINES;
  // Leaving out one line to print another saves nothing.
  const shown =
    left > 1
      ? [...lines.slice(0, MOST_LINES - 3), `... ${count(left)} more lines ...`, ...lines.slice(-3)]
      : lines;
  for (const line of shown.flatMap(wrap)) print(line === "" ? "" : `    ${line}`);
}

/** Something this script found out itself. */
function note(text: string): void {
  print(`  ${paint("32", `# ${text}`)}`);
}

/** Lines that fit; what is broken off stands two spaces in. */
function wrap(line: string): string[] {
  const at = Math.max(0, line.lastIndexOf(" ", WIDTH - 4));
  if (line.length <= WIDTH - 4 || line.slice(0, at).trim() === "") return [line];
  const indent = /^ */.exec(line)?.[0] ?? "";
  return [line.slice(0, at), ...wrap(`${indent}  ${line.slice(at + 1)}`)];
}

function count(number: number): string {
  return number.toLocaleString("en-US");
}

function paint(colour: string, text: string): string {
  const isPlain = !process.stdout.isTTY || process.env.NO_COLOR !== undefined;
  return isPlain ? text : `\u001b[${colour}m${text}\u001b[0m`;
}

function print(line: string): void {
  console.log(line);
}
