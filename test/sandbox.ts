import { spawn, spawnSync } from "node:child_process";
import {
  accessSync,
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Fingerprint, fingerprint } from "./fingerprint.ts";
import { type ImageType, mountImage } from "./loop-mount.ts";

/** What a run of jvs printed, and how it ended. */
export interface Ran {
  /** -1 when a signal ended it. */
  readonly exit: number;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
  /** stdout as it came, for what is no text. */
  readonly bytes: Buffer;
}

export interface RunOptions {
  /** On top of the clean environment; undefined takes a variable out of it. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly input?: string;
  /** Where a test build is to die; it then takes the place of the release build. */
  readonly failPoint?: string;
  /** Runs as the user "nobody", who owns nothing unless `box.giveAway` gave it. */
  readonly asNobody?: boolean;
}

/** A run under way. */
export interface Running {
  readonly pid: number;
  readonly ended: Promise<Ran>;
  kill(signal: NodeJS.Signals): void;
}

/** A folder of its own for one test; `await using` removes it, whatever is in it by then. */
export interface Sandbox extends AsyncDisposable {
  readonly root: string;
  /** The program. */
  readonly binary: string;
  path(name?: string): string;
  /** Writes files by relative path, with the folders they need. */
  write(files: Readonly<Record<string, string | Uint8Array>>): void;
  /** See {@link fingerprint}. */
  fingerprint(folder: string): Fingerprint;
  /** Runs the compiled binary inside `folder`. */
  jvs(folder: string, ...argv: string[]): Promise<Ran>;
  /** The same, with options. */
  run(folder: string, argv: readonly string[], options?: RunOptions): Promise<Ran>;
  /** The same, without waiting for its end. */
  start(folder: string, argv: readonly string[], options?: RunOptions): Running;
  /** Runs it and gives what it printed; throws when it fails or says anything on stderr. */
  ok(folder: string, ...argv: string[]): Promise<string>;
  /** The value that `--json` prints; throws when the command fails. */
  json<T = Record<string, unknown>>(folder: string, ...argv: string[]): Promise<T>;
  /** Makes "nobody" the owner of a folder and all in it. */
  giveAway(folder: string): void;
  /** Mounts a file system in memory at a new folder; only root may. */
  mountMemory(folder: string, options: string): void;
  remount(folder: string, options: string): void;
  /**
   * Mounts a new file system of that type at a new folder; says why where that cannot be done here,
   * for the test to be skipped with.
   */
  mountNew(type: ImageType, folder: string): string | undefined;
}

const ROOT = join(import.meta.dirname, "..");
const NOBODY = 65534;
/** Sparse: it takes what is written. XFS makes no file system below 300 MB. */
const IMAGE_BYTES = 1 << 30;

/** What needs another user, a mount or a device node can be tried by root alone. */
export const IS_ROOT: boolean = process.getuid?.() === 0;

/** Makes the sandbox, with the files of a first folder in it. */
export function makeSandbox(files: Readonly<Record<string, string | Uint8Array>> = {}): Sandbox {
  const root = mkdtempSync(join(tmpdir(), "jvs-test-"));
  const mounts: string[] = [];
  const images: Disposable[] = [];
  mkdirSync(join(root, "home"));
  const start: Sandbox["start"] = (folder, argv, options = {}) =>
    startJvs({ root, cwd: join(root, folder), argv, options });
  const box: Sandbox = {
    root,
    binary: join(ROOT, "bin/jvs"),
    path: (name = "") => join(root, name),
    write: (more) => writeFiles(root, more),
    fingerprint: (folder) => fingerprint(join(root, folder)),
    start,
    run: (folder, argv, options) => start(folder, argv, options).ended,
    jvs: (folder, ...argv) => start(folder, argv).ended,
    ok: async (folder, ...argv) => printed(argv, await box.jvs(folder, ...argv)),
    json: async (folder, ...argv) => parseSuccess(argv, await box.jvs(folder, ...argv, "--json")),
    giveAway: (folder) => must("chown", ["-R", `${NOBODY}:${NOBODY}`, join(root, folder)]),
    mountMemory(folder, options) {
      mkdirSync(join(root, folder), { recursive: true });
      must("mount", ["-t", "tmpfs", "-o", options, "tmpfs", join(root, folder)]);
      mounts.push(join(root, folder));
    },
    remount: (folder, options) => must("mount", ["-o", `remount,${options}`, join(root, folder)]),
    mountNew(type, folder) {
      mkdirSync(join(root, folder), { recursive: true });
      const mounted = mountImage(type, { folder: join(root, folder), bytes: IMAGE_BYTES });
      if (typeof mounted === "string") return mounted;
      images.push(mounted);
      return undefined;
    },
    async [Symbol.asyncDispose]() {
      for (const mount of mounts.reverse()) must("umount", ["-l", mount]);
      for (const image of images.reverse()) image[Symbol.dispose]();
      removeTree(root);
    },
  };
  box.write(files);
  return box;
}

interface Start {
  readonly root: string;
  readonly cwd: string;
  readonly argv: readonly string[];
  readonly options: RunOptions;
}

function startJvs({ root, cwd, argv, options }: Start): Running {
  const { failPoint, asNobody = false, input } = options;
  const binary = join(ROOT, failPoint === undefined ? "bin/jvs" : "bin/jvs-test");
  const asOther = asNobody && IS_ROOT;
  const child = spawn(asOther ? openToAll(binary, root) : binary, [...argv], {
    cwd,
    env: {
      PATH: process.env.PATH,
      HOME: join(root, "home"),
      USER: "ada",
      PWD: cwd,
      TZ: "UTC",
      ...(failPoint === undefined ? {} : { JVS_FAIL_POINT: failPoint }),
      ...options.env,
    },
    ...(asOther ? { uid: NOBODY, gid: NOBODY } : {}),
  });
  const [out, err]: Buffer[][] = [[], []];
  child.stdout.on("data", (piece: Buffer) => out?.push(piece));
  child.stderr.on("data", (piece: Buffer) => err?.push(piece));
  child.stdin.on("error", () => {}); // It may end without reading.
  child.stdin.end(input ?? "");
  const ended = new Promise<Ran>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => {
      const bytes = Buffer.concat(out ?? []);
      const text = Buffer.concat(err ?? []).toString();
      resolve({ exit: code ?? -1, signal, out: bytes.toString(), err: text, bytes });
    });
  });
  return { pid: child.pid ?? 0, ended, kill: (signal) => void child.kill(signal) };
}

/** The checkout may lie where others may not look: then they get a copy. */
function openToAll(binary: string, root: string): string {
  chmodSync(root, 0o755);
  const asOther = { uid: NOBODY, gid: NOBODY };
  if (spawnSync("test", ["-x", binary], asOther).status === 0) return binary;
  const copy = join(root, "home", "jvs");
  try {
    accessSync(copy);
  } catch {
    copyFileSync(binary, copy);
    chmodSync(copy, 0o755);
  }
  return copy;
}

function printed(argv: readonly string[], { exit, out, err }: Ran): string {
  if (exit !== 0 || err !== "")
    throw new Error(`jvs ${argv.join(" ")} ended with ${exit}\n${out}${err}`);
  return out;
}

function parseSuccess<T>(argv: readonly string[], { exit, out, err }: Ran): T {
  if (exit !== 0) throw new Error(`jvs ${argv.join(" ")} ended with ${exit}\n${out}${err}`);
  return JSON.parse(out) as T;
}

function writeFiles(root: string, files: Readonly<Record<string, string | Uint8Array>>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), content);
  }
}

/** `rm` knows paths of any length and names of any bytes; read-only folders it must be helped with. */
export function removeTree(folder: string): void {
  if (!IS_ROOT) spawnSync("chmod", ["-R", "u+rwX", folder]);
  must("rm", ["-rf", "--", folder]);
}

function must(program: string, argv: readonly string[]): void {
  const { status, stderr, error } = spawnSync(program, [...argv]);
  if (status !== 0) throw new Error(`${program} ${argv.join(" ")}: ${error ?? stderr}`);
}
