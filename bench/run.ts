/**
 * Measures jvs beside other tools, in one table.
 *
 *   bun bench/run.ts                              everything
 *   bun bench/run.ts --only P1,P2 --fs here,xfs   some of it
 *   bun bench/run.ts --quick                      a look: three runs, one tree, the file system here
 *
 * README.md says what the figures mean.
 */
import { join } from "node:path";
import { measure } from "./measure.ts";
import { type Options, parseOptions, USAGE } from "./options.ts";
import { renderTable } from "./render-table.ts";
import { renderFoot } from "./report.ts";
import { openScratch } from "./scratch.ts";

const ROOT = join(import.meta.dir, "..");
const FAILED_STATUS = 1;
const USAGE_STATUS = 2;
const INTERRUPTED_STATUS = 130;

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
    return report.failed.length === 0 ? 0 : FAILED_STATUS;
  } catch (error) {
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
