/**
 * Measures jvs beside other tools, in one table.
 *
 *   bun bench/run.ts                              everything
 *   bun bench/run.ts --only P1,P2 --fs here,xfs   some of it
 *   bun bench/run.ts --quick                      a look: three runs, one tree, the file system here
 *
 * README.md says what the figures mean.
 */
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Bench, Case } from "./case.ts";
import { holdContest } from "./contest.ts";
import { type Lab, openLab } from "./lab.ts";
import { readLoad } from "./machine.ts";
import { type Options, parseOptions, USAGE } from "./options.ts";
import { absentPeers, findPeers, firstLineOf } from "./programs.ts";
import { renderTable } from "./render-table.ts";
import { makeReport, type Report, renderFoot } from "./report.ts";
import type { Row } from "./row.ts";
import { openScratch } from "./scratch.ts";
import { openSite, type Site } from "./sites.ts";

const ROOT = join(import.meta.dir, "..");
const USAGE_STATUS = 2;
const INTERRUPTED_STATUS = 130;

/** What is the same for all cases. */
interface Session {
  readonly options: Options;
  readonly lab: Lab;
  readonly signal: AbortSignal;
  readonly peers: ReadonlyMap<string, string>;
}

process.exitCode = await main();

async function main(): Promise<number> {
  const options = readOptions();
  if (!options) return USAGE_STATUS;
  const signal = listenForInterrupt();
  using scratch = openScratch(join(ROOT, ".tmp"));
  try {
    const report = await measure(options, scratch.folder, signal);
    if (options.json) await Bun.write(options.json, `${JSON.stringify(report, null, 2)}\n`);
    console.log(`\n${renderTable(report.rows)}\n\n${renderFoot(report)}`);
    return 0;
  } catch (error) {
    await Bun.sleep(0); // A signal that also ended a program is heard of here.
    if (!signal.aborted) throw error;
    console.error("Interrupted: everything is cleared away");
    return INTERRUPTED_STATUS;
  }
}

function readOptions(): Options | undefined {
  try {
    return parseOptions(process.argv.slice(2), join(ROOT, "bin/jvs"));
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n${USAGE}`);
    return undefined;
  }
}

function listenForInterrupt(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => controller.abort());
  }
  return controller.signal;
}

async function measure(options: Options, folder: string, signal: AbortSignal): Promise<Report> {
  using lab = openLab(join(folder, "lab"), options.binary);
  const peers = findPeers();
  const session = { options, lab, signal, peers };
  const before = readLoad();
  const startedAt = new Date().toISOString();
  const notMeasured = absentPeers(peers).map((name) => `${name}: it is not installed`);
  const rows: Row[] = [];
  for (const [at, name] of options.sites.entries()) {
    const site = openSite(name, { folder, isLarge: options.isLarge });
    if (typeof site === "string") notMeasured.push(`on ${name}: ${site}`);
    else rows.push(...(await measureSite(site, at === 0, session)));
  }
  return makeReport({
    versions: { jvs: firstLineOf([options.binary, "--version"]), ...Object.fromEntries(peers) },
    startedAt,
    load: [before, readLoad()],
    notMeasured,
    rows: options.cases.flatMap(({ goal }) => rows.filter((row) => row.goal === goal)),
  });
}

async function measureSite(site: Site, isFirst: boolean, session: Session): Promise<Row[]> {
  using _ = site;
  const rows: Row[] = [];
  for (const one of session.options.cases) {
    console.error(`${one.goal} ${one.title}, ${site.label}`);
    const folder = join(site.folder, one.goal);
    mkdirSync(folder);
    rows.push(...(await one.run(benchFor(one, { site, folder, isFirst, session }))));
    rmSync(folder, { recursive: true, force: true });
  }
  return rows;
}

function benchFor(
  { goal, runs }: Case,
  { session, ...place }: { site: Site; folder: string; isFirst: boolean; session: Session },
): Bench {
  const { options, lab, signal, peers } = session;
  const fileSystem = place.site.label;
  const setting = { goal, fileSystem, folder: place.folder, runs: options.runs ?? runs };
  return {
    ...place,
    isLarge: options.isLarge,
    isQuick: options.isQuick,
    has: (program) => peers.has(program),
    run: (...steps) => void lab.time(steps),
    compare: (contest) => holdContest(contest, { ...setting, lab, signal }),
  };
}
