/** One program to run to its end. */
export interface Step {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

const GIT_SETTINGS: Readonly<Record<string, string>> = {
  "user.name": "bench",
  "user.email": "bench@localhost",
  "commit.gpgSign": "false",
  "core.fsmonitor": "false",
  "core.hooksPath": "/dev/null",
  "gc.auto": "0",
  "maintenance.auto": "false",
};

/** Everything else git does is as it comes, `core.fsync` included. */
const GIT = ["git", ...Object.entries(GIT_SETTINGS).flatMap(([key, to]) => ["-c", `${key}=${to}`])];

export function jvs(cwd: string, ...args: readonly string[]): Step {
  return { argv: ["jvs", ...args], cwd };
}

export function git(cwd: string, ...args: readonly string[]): Step {
  return { argv: [...GIT, ...args], cwd };
}

/** What git needs for what `jvs snapshot` does; `settings` are options of git itself. */
export function gitCommitAll(cwd: string, ...settings: readonly string[]): readonly Step[] {
  return [git(cwd, ...settings, "add", "-A"), git(cwd, ...settings, "commit", "-q", "-m", "bench")];
}
