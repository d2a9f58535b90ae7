import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Bench, Case } from "./case.ts";
import { holdContest } from "./contest.ts";
import { canWeigh, type Lab, openLab } from "./lab.ts";
import { describeMachine, readLoad } from "./machine.ts";
import type { Options } from "./options.ts";
import { absentPeers, findPeers, firstLineOf } from "./programs.ts";
import type { Report } from "./report.ts";
import type { Row } from "./row.ts";
import { openSite, type Site, type SiteName } from "./sites.ts";

/** What is the same for all cases, and what has come of them. */
interface Common {
  readonly options: Options;
  readonly lab: Lab;
  readonly signal: AbortSignal;
  readonly peers: ReadonlyMap<string, string>;
  readonly rows: Row[];
  readonly failed: string[];
}

/** Runs the cases that are wanted, one file system after the other, in `folder`. */
export async function measure(
  options: Options,
  folder: string,
  signal: AbortSignal,
): Promise<Report> {
  using lab = openLab(join(folder, "lab"), options.binary);
  const peers = findPeers();
  const common: Common = { options, lab, signal, peers, rows: [], failed: [] };
  const before = readLoad();
  const startedAt = new Date().toISOString();
  const notMeasured = absentPeers(peers).map((name) => `${name}: it is not installed`);
  if (!canWeigh()) notMeasured.push("memory: GNU time is not installed");
  let isFirst = true;
  for (const name of options.sites) {
    const cases = options.cases.filter((one) => isFor(one, name));
    if (cases.length === 0) continue;
    const site = openSite(name, { folder, isLarge: options.isLarge });
    if (typeof site === "string") {
      notMeasured.push(`on ${name}: ${site}`);
      continue;
    }
    await measureSite(site, { cases, isFirst, common });
    isFirst = false;
  }
  const { rows, failed } = common;
  return {
    machine: describeMachine(),
    versions: { jvs: firstLineOf([options.binary, "--version"]), ...Object.fromEntries(peers) },
    startedAt,
    load: [before, readLoad()],
    notMeasured,
    failed,
    rows: options.cases.flatMap(({ goal }) => rows.filter((row) => row.goal === goal)),
  };
}

/** On JuiceFS ten thousand files take long to make: only what asks for it is held there. */
function isFor({ site }: Case, name: SiteName): boolean {
  return site === undefined ? name !== "juicefs" : site === name;
}

async function measureSite(
  site: Site,
  { cases, isFirst, common }: { cases: readonly Case[]; isFirst: boolean; common: Common },
): Promise<void> {
  using _ = site;
  for (const one of cases) {
    const what = `${one.goal} ${one.title}, ${site.label}`;
    console.error(what);
    const folder = join(site.folder, one.goal);
    mkdirSync(folder);
    try {
      await one.run(benchFor(one, { site, folder, isFirst, common }));
    } catch (error) {
      await Bun.sleep(0); // A signal that also ended a program is heard of here.
      common.signal.throwIfAborted();
      common.failed.push(`${what}: ${error instanceof Error ? error.message : error}`);
    }
    rmSync(folder, { recursive: true, force: true });
  }
}

function benchFor(
  { goal, runs }: Case,
  { common, ...place }: { site: Site; folder: string; isFirst: boolean; common: Common },
): Bench {
  const { options, lab, signal, peers, rows } = common;
  const fileSystem = place.site.label;
  const setting = { goal, fileSystem, folder: place.folder, runs: options.runs ?? runs };
  return {
    ...place,
    isLarge: options.isLarge,
    isQuick: options.isQuick,
    has: (program) => peers.has(program),
    run: (...steps) => void lab.time(steps),
    add: (row) => void rows.push(row),
    async compare(contest) {
      rows.push(...(await holdContest(contest, { ...setting, lab, signal })));
    },
  };
}
