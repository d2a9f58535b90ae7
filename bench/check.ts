/**
 * Compares what bench/run.ts --json wrote with the ratios that were accepted last.
 *
 *   bun bench/check.ts report.json            fails where a ratio grew by more than a quarter
 *   bun bench/check.ts report.json --accept   takes these ratios from now on
 */
import { join } from "node:path";
import type { Report } from "./report.ts";
import { keyOf } from "./row.ts";

const ACCEPTED = join(import.meta.dir, "accepted.json");
const MARGIN = 1.25;
const DIGITS = 3;

/** Key of a row -> ratio of medians. */
type Ratios = Readonly<Record<string, number>>;

process.exitCode = await main(process.argv.slice(2));

async function main([file, flag]: readonly string[]): Promise<number> {
  if (!file || (flag !== undefined && flag !== "--accept")) {
    console.error("usage: bun bench/check.ts report.json [--accept]");
    return 2;
  }
  const measured = ratiosOf(await Bun.file(file).json());
  const accepted: Ratios = await Bun.file(ACCEPTED)
    .json()
    .catch(() => ({}));
  if (flag === undefined) return compare(measured, accepted);
  await Bun.write(ACCEPTED, `${JSON.stringify({ ...accepted, ...measured }, null, 2)}\n`);
  return 0;
}

function ratiosOf({ rows }: Report): Ratios {
  const pairs = rows.flatMap((row) =>
    row.ratio ? [[keyOf(row), Number(row.ratio.ofMedians.toFixed(DIGITS))] as const] : [],
  );
  return Object.fromEntries(pairs);
}

/** Rows that only one side knows are named: what was not measured was not checked. */
function compare(measured: Ratios, accepted: Ratios): number {
  let worse = 0;
  for (const [key, ratio] of Object.entries(measured)) {
    const last = accepted[key];
    if (last === undefined) console.log(`NEW     ${key}: ${ratio}`);
    else if (ratio > last * MARGIN) {
      console.log(`WORSE   ${key}: ${last} -> ${ratio}`);
      worse += 1;
    }
  }
  const missing = Object.keys(accepted).filter((key) => !(key in measured));
  for (const key of missing) console.log(`MISSING ${key}`);
  const same = Object.keys(measured).filter((key) => key in accepted).length - worse;
  console.log(`${same} ratios as accepted or better, ${worse} worse, ${missing.length} missing`);
  return worse === 0 ? 0 : 1;
}
