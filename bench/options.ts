import { resolve } from "node:path";
import { parseArgs } from "node:util";
import type { Case } from "./case.ts";
import { CASES } from "./cases.ts";
import { SITE_NAMES, type SiteName } from "./sites.ts";

export const USAGE = `usage: bun bench/run.ts [--only P1,P2] [--runs N] [--fs here,xfs,ext4,btrfs,juicefs] [--json file]
                        [--quick] [--large] [--jvs binary]`;

export interface Options {
  readonly cases: readonly Case[];
  readonly sites: readonly SiteName[];
  /** Set where every case is to be run so often. */
  readonly runs?: number;
  readonly json?: string;
  readonly isQuick: boolean;
  readonly isLarge: boolean;
  readonly binary: string;
}

const QUICK_RUNS = 3;

/** @throws Error with what is wrong about the command line */
export function parseOptions(args: readonly string[], binary: string): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: "string" },
      runs: { type: "string" },
      fs: { type: "string" },
      json: { type: "string" },
      quick: { type: "boolean", default: false },
      large: { type: "boolean", default: false },
      jvs: { type: "string", default: binary },
    },
  });
  const goals = pick(values.only, [...new Set(CASES.map(({ goal }) => goal))]);
  const sites = pick(values.fs ?? (values.quick ? "here" : undefined), SITE_NAMES);
  const runs = values.runs ? Number(values.runs) : values.quick && QUICK_RUNS;
  if (runs !== false && !(Number.isInteger(runs) && runs > 0))
    throw new Error(`Cannot run everything "${values.runs}" times`);
  return {
    cases: CASES.filter(({ goal }) => goals.includes(goal)),
    sites,
    ...(runs !== false && { runs }),
    ...(values.json && { json: values.json }),
    isQuick: values.quick,
    isLarge: values.large,
    binary: resolve(values.jvs),
  };
}

/** In the order of `all`; everything when nothing is said. */
function pick<T extends string>(list: string | undefined, all: readonly T[]): T[] {
  const wanted = list?.split(",") ?? all;
  const unknown = wanted.filter((word) => !all.some((one) => one === word));
  if (unknown.length > 0)
    throw new Error(`Cannot run "${unknown.join(", ")}": there are ${all.join(", ")}`);
  return all.filter((one) => wanted.includes(one));
}
