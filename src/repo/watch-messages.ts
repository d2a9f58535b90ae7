import type { RawPath } from "../model/raw-path.ts";
import type { WatcherReport } from "../model/watcher-report.ts";

/** Which version of these messages; with another one nobody talks. */
const VERSION = 1;

/** What a command asks the watcher. */
export type WatchQuestion =
  | {
      readonly ask: "touched";
      readonly worktree: string;
      /** The workspace folder as the asking process sees it, see identityOf. */
      readonly identity: string;
      /** The moment that the index is from. */
      readonly since?: WatchMoment;
    }
  | { readonly ask: "status" }
  | { readonly ask: "stop" };

export interface WatchMoment {
  readonly epoch: bigint;
  readonly seq: number;
}

/** What was touched since, or undefined where that is not known. */
export interface TouchedAnswer {
  readonly now?: WatchMoment;
  readonly touched?: { readonly paths: readonly RawPath[]; readonly trees: readonly RawPath[] };
}

/** One line of JSON. */
export function encodeQuestion(question: WatchQuestion): Uint8Array {
  const since = "since" in question ? question.since : undefined;
  const text = JSON.stringify({
    ...question,
    version: VERSION,
    ...(since === undefined ? {} : { since: encodeMoment(since) }),
  });
  return Buffer.from(`${text}\n`);
}

/** Undefined for what is no question of this version. */
export function decodeQuestion(line: string): WatchQuestion | undefined {
  const value = parseObject(line);
  if (value === undefined) return undefined;
  return { ...value, since: decodeMoment(value.since) } as unknown as WatchQuestion;
}

/** One line of JSON, then the paths and the folders, each ended by a zero byte. */
export function encodeAnswer({ now, touched }: TouchedAnswer): Uint8Array {
  const paths = joined(touched?.paths ?? []);
  const trees = joined(touched?.trees ?? []);
  const head = JSON.stringify({
    version: VERSION,
    ...(now === undefined ? {} : { now: encodeMoment(now) }),
    ...(touched === undefined ? {} : { paths: paths.length, trees: trees.length }),
  });
  return Buffer.from(`${head}\n${paths}${trees}`, "latin1");
}

/** Undefined for what is torn, or of another version. */
export function decodeAnswer(bytes: Buffer): TouchedAnswer | undefined {
  const start = bytes.indexOf(10) + 1;
  const value = start === 0 ? undefined : parseObject(bytes.latin1Slice(0, start));
  if (value === undefined) return undefined;
  const now = decodeMoment(value.now);
  if (now === undefined) return {};
  const { paths, trees } = value;
  if (typeof paths !== "number" || typeof trees !== "number") return { now };
  // The watcher may have been killed in the middle of its answer.
  if (bytes.length !== start + paths + trees) return undefined;
  const split = (from: number, length: number): RawPath[] =>
    bytes
      .latin1Slice(from, from + length)
      .split("\0")
      .slice(0, -1) as RawPath[];
  return { now, touched: { paths: split(start, paths), trees: split(start + paths, trees) } };
}

/** A report, as an answer to the other questions. */
export function encodeReport(report: WatcherReport | { readonly stopped: true }): Uint8Array {
  return Buffer.from(`${JSON.stringify({ ...report, version: VERSION })}\n`);
}

export function decodeReport(bytes: Buffer): WatcherReport | undefined {
  return parseObject(bytes.toString()) as unknown as WatcherReport | undefined;
}

function encodeMoment({ epoch, seq }: WatchMoment): unknown {
  return { epoch: String(epoch), seq };
}

function decodeMoment(value: unknown): WatchMoment | undefined {
  const { epoch, seq } = (value ?? {}) as { epoch?: unknown; seq?: unknown };
  if (typeof epoch !== "string" || !/^\d{1,20}$/.test(epoch)) return undefined;
  return typeof seq === "number" ? { epoch: BigInt(epoch), seq } : undefined;
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isOurs =
      typeof value === "object" && (value as { version?: unknown })?.version === VERSION;
    return isOurs ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** A path holds no zero byte, but may hold a newline. */
function joined(paths: readonly RawPath[]): string {
  return paths.map((path) => `${path}\0`).join("");
}
