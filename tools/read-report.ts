import { relative } from "node:path";

/** How one check or suite ended: a number for what passed, names for the rest. */
export interface Tally {
  readonly passed: number;
  readonly failed: readonly string[];
  readonly skipped: readonly string[];
}

/** The part of vitest's JSON report that is read here. */
interface Report {
  readonly testResults: readonly FileResult[];
}

interface FileResult {
  readonly name: string;
  readonly status: string;
  readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
}

interface ReportContext {
  readonly suite: string;
  readonly root: string;
  /** What the runner ended with. It may fail where no test did: an error between two tests. */
  readonly exit: number;
}

/** Reads the report that vitest wrote for one suite. No report is a failure. */
export async function readReport(file: string, context: ReportContext): Promise<Tally> {
  const report: Report | undefined = await Bun.file(file)
    .json()
    .catch(() => undefined);
  if (!report) return { passed: 0, failed: [`${context.suite}: left no report`], skipped: [] };
  const tally = sum(report.testResults.map((result) => tallyOf(result, context)));
  const complaint = complaintOn(tally, context);
  return complaint ? { ...tally, failed: [...tally.failed, complaint] } : tally;
}

function tallyOf(result: FileResult, { suite, root }: ReportContext): Tally {
  const file = `${suite}: ${relative(root, result.name)}`;
  const tests = result.assertionResults.map(({ fullName, status }) => ({
    status,
    name: `${file}: ${fullName.trim()}`,
  }));
  const passed = tests.filter(({ status }) => status === "passed").length;
  const failed = tests.filter(({ status }) => status === "failed").map(({ name }) => name);
  const skipped = tests.filter(({ status }) => !/^(passed|failed)$/.test(status));
  const isBroken = result.status === "failed" && failed.length === 0;
  return {
    passed,
    failed: isBroken ? [`${file}: could not be run`] : failed,
    skipped: skipped.map(({ name }) => name),
  };
}

function sum(tallies: readonly Tally[]): Tally {
  return {
    passed: tallies.reduce((total, tally) => total + tally.passed, 0),
    failed: tallies.flatMap((tally) => tally.failed),
    skipped: tallies.flatMap((tally) => tally.skipped),
  };
}

function complaintOn(
  { passed, failed }: Tally,
  { suite, exit }: ReportContext,
): string | undefined {
  if (failed.length > 0) return undefined;
  if (exit !== 0) return `${suite}: ended with status ${exit} though no test failed`;
  if (passed === 0) return `${suite}: has test files and ran no test`;
  return undefined;
}
