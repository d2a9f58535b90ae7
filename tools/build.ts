/**
 * Compiles src/main.ts into one binary.
 *
 *   bun tools/build.ts           bin/jvs
 *   bun tools/build.ts --test    bin/jvs-test, with fail points
 *   bun tools/build.ts --cross   dist/jvs-<system>, one for each system of CROSS_TARGETS
 */
import { rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { $ } from "bun";
import { version } from "../package.json";
import { putFront } from "./build-front.ts";
import { buildNative } from "./build-native.ts";

const ROOT = join(import.meta.dir, "..");
const SRC = join(ROOT, "src");
const CROSS_TARGETS = ["linux-arm64", "darwin-x64", "darwin-arm64"] as const;
/** Who compiles for a system that is not this one. */
const COMPILERS: Readonly<Record<string, string>> = { "bun-linux-arm64": "aarch64-linux-gnu-gcc" };

interface Recipe {
  readonly outfile: string;
  readonly failPoints?: boolean;
  readonly target?: Bun.Build.CompileTarget;
}

await main(process.argv.slice(2));

async function main(flags: readonly string[]): Promise<void> {
  if (flags.includes("--cross")) await compileForOthers();
  else if (flags.includes("--test")) await compile({ outfile: "bin/jvs-test", failPoints: true });
  else await compile({ outfile: "bin/jvs" });
}

/** A system whose Bun cannot be had here is named and left out: the others still count. */
async function compileForOthers(): Promise<void> {
  for (const system of CROSS_TARGETS) {
    const outfile = `dist/jvs-${system}`;
    try {
      await compile({ outfile, target: `bun-${system}` });
    } catch (error) {
      console.error(`SKIPPED ${outfile}: ${Bun.inspect(error)}`);
    }
  }
}

/**
 * ESM with bytecode and a chunk for each lazy import starts fastest, and allows top-level await.
 *
 * A binary that reads .env, bunfig.toml, tsconfig.json or a package from the folder it is
 * called in runs the code of whoever owns that folder: nothing is loaded at run time, and an
 * import that only run time could resolve fails the build.
 */
async function compile({ outfile, failPoints = false, target }: Recipe): Promise<void> {
  const version = await versionText();
  const compiler = compilerFor(target);
  const native = compiler === undefined ? "" : buildNative(compiler);
  await Bun.build({
    entrypoints: [join(SRC, "main.ts"), ...workers()],
    root: SRC,
    target: "bun",
    format: "esm",
    minify: true,
    bytecode: true,
    splitting: true,
    sourcemap: "linked",
    packages: "bundle",
    allowUnresolved: [],
    define: {
      JVS_VERSION: JSON.stringify(version),
      JVS_FAIL_POINTS: String(failPoints),
      JVS_NATIVE: JSON.stringify(native),
    },
    compile: {
      outfile: join(ROOT, outfile),
      ...(target && { target }),
      // Where the current folder was deleted, Bun gives up before a line of ours runs, unless it is
      // told to go there by a path that is still good. Only Linux has one.
      ...(isForLinux(target) && { execArgv: ["--cwd=/proc/self/cwd"] }),
      autoloadDotenv: false,
      autoloadBunfig: false,
      autoloadTsconfig: false,
      autoloadPackageJson: false,
    },
  });
  await removeSourceMaps(dirname(join(ROOT, outfile)));
  if (compiler !== undefined && native !== "") putFront(join(ROOT, outfile), { compiler, version });
  // jvs works all the same.
  else if (isForLinux(target))
    console.error(`no C compiler for ${outfile}: it takes longer to start and to scan`);
  console.log(`built ${outfile}`);
}

function isForLinux(target: Bun.Build.CompileTarget | undefined): boolean {
  return target === undefined ? process.platform === "linux" : target.startsWith("bun-linux");
}

/** What is to compile the parts in C; undefined where nothing can. */
function compilerFor(target: Bun.Build.CompileTarget | undefined): string | undefined {
  if (!isForLinux(target)) return undefined;
  return target === undefined ? process.env.CC || "cc" : COMPILERS[target];
}

/** Nothing imports a worker, so each `*.worker.ts` is an entry of its own. */
function workers(): string[] {
  return [...new Bun.Glob("**/*.worker.ts").scanSync({ cwd: SRC, absolute: true })].sort();
}

/** The binary carries its source maps inside; Bun leaves copies beside it. */
async function removeSourceMaps(folder: string): Promise<void> {
  for await (const map of new Bun.Glob("**/*.map").scan({ cwd: folder, absolute: true })) {
    await rm(map);
  }
}

/** A checkout inside another project's repository must not borrow that one's commit. */
async function versionText(): Promise<string> {
  const { exitCode, stdout } = await $`git rev-parse --show-prefix --short HEAD`
    .cwd(ROOT)
    .quiet()
    .nothrow();
  const [prefix, commit] = stdout.toString().split("\n");
  return exitCode === 0 && prefix === "" && commit ? `${version}+${commit}` : version;
}
