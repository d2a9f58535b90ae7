import { copyFileSync, ftruncateSync, mkdirSync, openSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Step } from "./steps.ts";

/** What one run took. */
export interface Sample {
  readonly ms: number;
  readonly cpuMs: number;
}

/** Runs programs, each in the same surroundings, and looks at them from outside. */
export interface Lab extends Disposable {
  /** Runs programs one after the other and adds up what they took. Throws when one fails. */
  time(steps: readonly Step[]): Sample;

  /**
   * Runs them for their memory: the most that one of them held, in MiB; undefined without GNU time.
   * The kernel counts what parent and child share between fork and exec to the child: started from
   * here, nothing would ever seem smaller than the bench itself.
   */
  weigh(steps: readonly Step[]): number | undefined;
}

const NANOS = 1e6;
const MICROS = 1000;
const KIB_PER_MIB = 1024;

/**
 * Opens a lab in `folder`, which must not exist. The binary is copied, so that a build that
 * goes on meanwhile changes nothing, and found through PATH, as users do.
 */
export function openLab(folder: string, binary: string): Lab {
  mkdirSync(join(folder, "bin"), { recursive: true });
  mkdirSync(join(folder, "home"));
  copyFileSync(binary, join(folder, "bin/jvs"));
  const logFile = join(folder, "log");
  const sizeFile = join(folder, "size");
  const log = openSync(logFile, "a");
  const env = environment(folder);
  const optionsOf = (step: Step) =>
    ({
      cwd: step.cwd,
      env: { ...env, ...step.env },
      stdio: ["ignore", log, log],
    }) satisfies Bun.SpawnOptions.OptionsObject<"ignore", number, number>;
  const complain = (step: Step, status: string): never => {
    const said = readFileSync(logFile, "utf8").trim();
    throw new Error(
      `Cannot run "${step.argv.join(" ")}" in ${step.cwd}: it ended with ${status}\n${said}`,
    );
  };

  return {
    time(steps) {
      ftruncateSync(log);
      let [ms, cpuMs] = [0, 0];
      for (const step of steps) {
        const options = optionsOf(step);
        const start = process.hrtime.bigint();
        const { success, exitCode, signalCode, resourceUsage } = Bun.spawnSync(
          [...step.argv],
          options,
        );
        ms += Number(process.hrtime.bigint() - start) / NANOS;
        cpuMs += Number(resourceUsage.cpuTime.total) / MICROS;
        if (!success) complain(step, `${signalCode ?? exitCode}`);
      }
      return { ms, cpuMs };
    },

    weigh(steps) {
      if (!canWeigh()) {
        this.time(steps);
        return undefined;
      }
      const sizes = steps.map((step) => {
        this.time([{ ...step, argv: ["time", "-f", "%M", "-o", sizeFile, ...step.argv] }]);
        return Number(readFileSync(sizeFile, "utf8")) / KIB_PER_MIB;
      });
      return Math.max(...sizes);
    },

    [Symbol.dispose]() {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** No settings of the user, of the system or of the shell that the bench was started from. */
function environment(folder: string): Record<string, string> {
  return {
    PATH: `${join(folder, "bin")}:${process.env.PATH ?? ""}`,
    HOME: join(folder, "home"),
    USER: "bench",
    LC_ALL: "C",
    TZ: "UTC",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_CONFIG_NOSYSTEM: "1",
  };
}

/** Whether GNU time is here. */
export function canWeigh(): boolean {
  return process.platform === "linux" && Bun.which("time") !== null;
}
