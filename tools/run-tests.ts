/**
 * Runs every check and every suite, and sums them up in one last line.
 *
 *   bun tools/run-tests.ts                       all of it
 *   bun tools/run-tests.ts --only types,unit     some of it
 *
 * The numbers come from the runner's own reports. A suite that leaves no report, or that has
 * test files and runs no test, has failed: silence is not success.
 */
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { readReport, type Tally } from "./read-report.ts";

const ROOT = join(import.meta.dir, "..");
const BUN = process.execPath;
const VITEST = join(ROOT, "node_modules/vitest/vitest.mjs");
const FUZZ_RUNS = process.env.JVS_FUZZ_RUNS ?? "500";

/** A program that passes or fails as a whole; it counts as one test. */
interface Check {
  readonly name: string;
  readonly argv: readonly string[];
}

/** A vitest project: its name, and where its files are. */
interface Suite {
  readonly name: string;
  readonly files: string;
  readonly needsBinary: boolean;
}

const CHECKS: readonly Check[] = [
  { name: "types", argv: [join(ROOT, "node_modules/.bin/tsc"), "--noEmit"] },
  { name: "lint", argv: [join(ROOT, "node_modules/.bin/biome"), "check", "--error-on-warnings"] },
  { name: "layers", argv: [BUN, "tools/check-layers.ts"] },
  { name: "docs", argv: [BUN, "tools/generate-docs.ts", "--check"] },
];

const BUILDS: readonly Check[] = [
  { name: "build", argv: [BUN, "tools/build.ts"] },
  { name: "test-build", argv: [BUN, "tools/build.ts", "--test"] },
];

const SUITES: readonly Suite[] = [
  { name: "unit", files: "src/**/*.test.{ts,tsx}", needsBinary: false },
  { name: "stories", files: "test/stories/**/*.test.ts", needsBinary: true },
  { name: "conformance", files: "test/conformance/**/*.test.ts", needsBinary: true },
  { name: "fuzz", files: "test/fuzz/**/*.test.ts", needsBinary: true },
];

await main();

async function main(): Promise<void> {
  const wanted = namesWanted();
  const suites = SUITES.filter(({ name }) => wanted.has(name));
  const builds = suites.some((suite) => suite.needsBinary) ? BUILDS : [];
  const checks = CHECKS.filter(({ name }) => wanted.has(name)).filter(exists);
  const tallies: Tally[] = [];
  for (const check of [...checks, ...builds]) tallies.push(await runCheck(check));
  for (const suite of suites) tallies.push(await runSuite(suite));
  report(tallies);
}

function namesWanted(): Set<string> {
  const all = [...CHECKS, ...SUITES].map(({ name }) => name);
  const { only } = parseArgs({ options: { only: { type: "string" } } }).values;
  const wanted = only?.split(",") ?? all;
  const unknown = wanted.filter((name) => !all.includes(name));
  if (unknown.length === 0) return new Set(wanted);
  console.error(`Cannot run "${unknown.join(", ")}": there are ${all.join(", ")}`);
  process.exit(2);
}

/** The tool behind a check may not be written yet; its tests then are not there either. */
function exists({ argv }: Check): boolean {
  const script = argv[1];
  return !script?.startsWith("tools/") || existsSync(join(ROOT, script));
}

async function runCheck({ name, argv }: Check): Promise<Tally> {
  const exit = await runProgram(name, argv);
  if (exit !== 0) return { passed: 0, failed: [name], skipped: [] };
  return { passed: 1, failed: [], skipped: [] };
}

async function runSuite({ name, files }: Suite): Promise<Tally> {
  const isEmpty = new Bun.Glob(files).scanSync(ROOT).next().done;
  if (isEmpty) {
    console.log(`== ${name}: no test files`);
    return { passed: 0, failed: [], skipped: [] };
  }
  const folder = await mkdtemp(join(tmpdir(), "jvs-report-"));
  try {
    const reportFile = join(folder, "report.json");
    const reporters = ["--reporter=dot", "--reporter=json", `--outputFile.json=${reportFile}`];
    const looks = ["--silent=passed-only", ...(process.stdout.isTTY ? [] : ["--no-color"])];
    const argv = [BUN, VITEST, "run", "--project", name, ...looks, ...reporters];
    const exit = await runProgram(name, argv);
    return await readReport(reportFile, { suite: name, root: ROOT, exit });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function runProgram(name: string, argv: readonly string[]): Promise<number> {
  console.log(`== ${name}`);
  const child = Bun.spawn([...argv], {
    cwd: ROOT,
    env: { ...process.env, JVS_FUZZ_RUNS: FUZZ_RUNS },
    stdio: ["ignore", "inherit", "inherit"],
  });
  return child.exited;
}

/** Skipped tests are named aloud: what was not run was not proved. */
function report(tallies: readonly Tally[]): void {
  const passed = tallies.reduce((sum, tally) => sum + tally.passed, 0);
  const failed = tallies.flatMap((tally) => tally.failed);
  const skipped = tallies.flatMap((tally) => tally.skipped);
  console.log("");
  for (const name of skipped) console.log(`SKIPPED ${name}`);
  for (const name of failed) console.log(`FAILED  ${name}`);
  process.exitCode = failed.length === 0 && passed > 0 ? 0 : 1;
  console.log(`${passed} passed, ${failed.length} failed, ${skipped.length} skipped`);
}
