import { armFailPoint } from "../model/fail-point.ts";
import { useJuiceWay } from "../model/juice-way.ts";
import type { Progress } from "../model/progress.ts";
import type { Settings } from "../model/settings.ts";
import type { Context } from "../operations/context.ts";
import type { Io } from "./io.ts";
import { readJuiceWay } from "./read-juice-way.ts";

declare const JVS_FAIL_POINTS: boolean | undefined;

/** What operations may know of the world, from what the command line knows. */
export function makeContext(io: Io, progress: Progress, settings: Settings): Context {
  if (typeof JVS_FAIL_POINTS !== "undefined" && JVS_FAIL_POINTS && io.failPoint !== "")
    armFailPoint(io.failPoint);
  useJuiceWay(readJuiceWay(io.juicefs ?? ""));
  return {
    cwd: io.cwd,
    home: io.home,
    actor: io.actor,
    version: io.version,
    lockTimeout: io.lockTimeout,
    engine: io.engine || settings.default_engine || "",
    defaultTags: settings.default_tags ?? [],
    ...(settings.retention === undefined ? {} : { retention: settings.retention }),
    ...(settings.limits === undefined ? {} : { limits: settings.limits }),
    ...(settings.watch === undefined ? {} : { watch: settings.watch }),
    ...(settings.hash === undefined ? {} : { hash: settings.hash }),
    ...(io.program === undefined ? {} : { program: io.program }),
    progress,
    now: () => io.now(),
  };
}
