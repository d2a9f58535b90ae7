import { readlinkSync } from "node:fs";
import { type ErrorCode, JvsError } from "../../model/errors.ts";
import { decodeExact, fromBytes, toText } from "../../model/raw-path.ts";
import { type Place, statAt } from "../at.ts";
import { StatBuffer } from "../stat-buffer.ts";
import { checkClone } from "./clone-guards.ts";
import { interrupted, type JuiceAttempt, unusable } from "./juice-errors.ts";
import {
  compareVersions,
  isKnownVersion,
  type JuiceVersion,
  parseVersion,
} from "./juice-version.ts";
import type { JuiceVolume } from "./juice-volume.ts";

export interface ProgramCloneOptions {
  /** The path of `juicefs`; see {@link findProgram}. */
  readonly program: string;
  readonly from: Place;
  readonly to: Place;
  /** See {@link cloneEntry}; of the mode, the process's umask says what is kept. */
  readonly isOwn?: boolean;
  readonly signal?: AbortSignal;
}

/** The path of the program `juicefs`, or undefined where none is installed. Relative entries of PATH are not trusted. */
export function findProgram(): string | undefined {
  const path = Bun.which("juicefs");
  return path?.startsWith("/") ? path : undefined;
}

/**
 * The same copy as {@link cloneEntry}, made by `juicefs clone --preserve`: for mounts that jvs
 * cannot talk to itself. About 0.3 s slower, and not in bind mounts, where the program does not
 * find the top of the volume. The program must be of the mount's release line: one of 1.2 or older
 * kills a newer mount. Where the mount's version cannot be read, it must be 1.3 or newer.
 *
 * @throws JvsError of {@link checkClone}; E_ENGINE_UNUSABLE when the program does not match;
 *   E_IO, E_PERMISSION, E_EXISTS, E_QUOTA or E_NO_SPACE when it failed, with its words;
 *   E_INTERRUPTED after `signal`.
 */
export async function cloneByProgram(
  volume: JuiceVolume,
  { program, from, to, isOwn = false, signal }: ProgramCloneOptions,
): Promise<void> {
  const attempt = { verb: "clone", subject: from };
  if (signal?.aborted) throw interrupted(attempt);
  await refuseProgram(program, volume, attempt);
  await checkClone({ volume, fromVolume: volume, from, to, force: true, talk: {} });
  if (signal?.aborted) throw interrupted(attempt);
  const flags = isOwn ? [] : ["--preserve"];
  const argv = [program, "clone", ...flags, pathOf(from, attempt), pathOf(to, attempt)];
  const { exitCode, stderr } = await run(argv, signal);
  if (exitCode === 0 && statAt(to.at, to.name, new StatBuffer())) return;
  if (signal?.aborted) throw interrupted(attempt);
  throw explainFailure(stderr, attempt);
}

/** Throws E_ENGINE_UNUSABLE unless `program` is of a version that may talk to the mount. */
async function refuseProgram(
  program: string,
  { config }: JuiceVolume,
  attempt: JuiceAttempt,
): Promise<void> {
  const { stdout, exitCode } = await run([program, "version"]);
  const own = exitCode === 0 ? parseVersion(stdout) : undefined;
  if (own === undefined) throw unusable(attempt, `"${program}" does not tell its version`);
  const mount = config === undefined ? undefined : parseVersion(config.version);
  if (mount === undefined ? isSafeWithAny(own) : compareVersions(own, mount) === 0) return;
  const other = config === undefined ? "of a version that cannot be read" : config.version;
  throw unusable(attempt, `"${program}" is ${own.major}.${own.minor}, the mount ${other}`);
}

/** What 1.3 and later send does no harm to any mount: those before 1.3 answer it with ENOENT. */
function isSafeWithAny(own: JuiceVersion): boolean {
  return isKnownVersion(own) && compareVersions(own, { major: 1, minor: 3 }) >= 0;
}

/** The program takes paths alone, in UTF-8; where the open folder is now is asked of the kernel. */
function pathOf({ at, name }: Place, attempt: JuiceAttempt): string {
  const folder = fromBytes(readlinkSync(`/proc/self/fd/${at}`, "buffer"));
  const path = decodeExact(`${folder}/${name}` as typeof name);
  if (path === undefined) throw unusable(attempt, "the program takes no name that is not UTF-8");
  return path;
}

async function run(
  argv: string[],
  signal?: AbortSignal,
): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  const child = Bun.spawn(argv, {
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const stop = () => child.kill();
  signal?.addEventListener("abort", stop);
  const [stdout, stderr, exitCode] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  signal?.removeEventListener("abort", stop);
  return { exitCode, stdout, stderr };
}

/** The errors of Go's syscall package, as the program prints them. */
const FAILURES: ReadonlyArray<readonly [RegExp, ErrorCode]> = [
  [/permission denied|operation not permitted/i, "E_PERMISSION"],
  [/already exists|file exists/i, "E_EXISTS"],
  [/quota exceeded/i, "E_QUOTA"],
  [/no space left/i, "E_NO_SPACE"],
  [/not inside JuiceFS|should be at the same mount/i, "E_ENGINE_UNUSABLE"],
];

function explainFailure(stderr: string, { verb, subject }: JuiceAttempt): JvsError {
  const code = FAILURES.find(([pattern]) => pattern.test(stderr))?.[1] ?? "E_IO";
  const words = lastLineOf(stderr) || "it gave no reason";
  const path = toText(subject.name);
  return new JvsError(`Cannot ${verb} "${path}" by the program juicefs: ${words}`, {
    code,
    details: { path, stderr: words },
  });
}

/** Without the time in front, and the place in the source behind. */
function lastLineOf(stderr: string): string {
  const last = stderr.trim().split("\n").at(-1) ?? "";
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the program colours its words.
  const plain = last.replace(/\x1b\[[0-9;]*m/g, "");
  return plain.replace(/^.*<(?:FATAL|ERROR)>:\s*/, "").replace(/\s*\[[^[\]]*@[^[\]]*\]$/, "");
}
