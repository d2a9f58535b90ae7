import type { Contest, Contestant } from "./case.ts";
import type { Lab, Sample } from "./lab.ts";
import type { Figures, Ratio, Row } from "./row.ts";
import { spreadOf } from "./spread.ts";
import type { Step } from "./steps.ts";

/** Where and how a contest is held. */
export interface Setting {
  readonly goal: string;
  readonly fileSystem: string;
  readonly folder: string;
  readonly runs: number;
  readonly lab: Lab;
  readonly signal: AbortSignal;
}

interface Runner {
  readonly contestant: Contestant;
  readonly samples: Sample[];
  rssMb: number | undefined;
}

/**
 * More than the ticks of any clock that stamps files, so that no program has to read a file
 * again because its time proves nothing.
 */
const SETTLE_MS = 100;

/**
 * Holds one contest: a first run for each, which fills the caches and shows the memory, then
 * round after round, and every round starts with the next one of them.
 */
export async function holdContest(contest: Contest, setting: Setting): Promise<Row[]> {
  const runners = [contest.jvs, ...contest.peers].map(
    (contestant): Runner => ({ contestant, samples: [], rssMb: undefined }),
  );
  const { lab, runs } = setting;
  for (const runner of runners) {
    await makeReady(runner.contestant, 0, { contest, setting });
    runner.rssMb = lab.weigh(runner.contestant.steps);
  }
  for (let round = 1; round <= runs; round++) {
    for (const runner of rotate(runners, round)) {
      await makeReady(runner.contestant, round, { contest, setting });
      runner.samples.push(lab.time(runner.contestant.steps));
    }
  }
  return rowsOf(contest, setting, runners.map(figuresOf));
}

/** The sleep is also where an interrupt is noticed. */
async function makeReady(
  contestant: Contestant,
  round: number,
  { contest, setting }: { contest: Contest; setting: Setting },
): Promise<void> {
  setting.signal.throwIfAborted();
  await contestant.prepare(round);
  setting.lab.time([syncStep(setting.folder)]);
  await Bun.sleep(contest.settleMs ?? SETTLE_MS);
  setting.signal.throwIfAborted();
}

function syncStep(folder: string): Step {
  return { argv: process.platform === "linux" ? ["sync", "-f", folder] : ["sync"], cwd: folder };
}

function rotate<T>(list: readonly T[], by: number): T[] {
  const at = by % list.length;
  return [...list.slice(at), ...list.slice(0, at)];
}

function figuresOf({ contestant, samples, rssMb }: Runner): Figures {
  return {
    name: contestant.name,
    ms: spreadOf(samples.map(({ ms }) => ms)),
    cpuMs: spreadOf(samples.map(({ cpuMs }) => cpuMs)),
    ...(rssMb !== undefined && { rssMb }),
    runs: samples.map(({ ms }) => ms),
  };
}

function rowsOf(contest: Contest, setting: Setting, [jvs, ...others]: readonly Figures[]): Row[] {
  if (!jvs) return [];
  const { goal, fileSystem } = setting;
  const base = { goal, work: contest.work, fileSystem, jvs };
  const rows = others.map((peer, at): Row => {
    const ratio = ratioOf(jvs, peer);
    const atMost = contest.peers[at]?.atMost;
    const verdict = atMost !== undefined && { atMost, isMet: ratio.ofMedians <= atMost };
    return { ...base, against: peer.name, peer, ratio, ...verdict };
  });
  const { atMostMs } = contest;
  if (atMostMs === undefined) return rows;
  return [...rows, { ...base, against: "-", atMostMs, isMet: jvs.ms.median <= atMostMs }];
}

function ratioOf(jvs: Figures, peer: Figures): Ratio {
  const pairs = jvs.runs.map((ms, round) => ms / (peer.runs[round] ?? Number.NaN));
  return { ofMedians: jvs.ms.median / peer.ms.median, pairs: spreadOf(pairs) };
}
