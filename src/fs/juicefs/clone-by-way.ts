import type { JvsError } from "../../model/errors.ts";
import { juiceWay } from "../../model/juice-way.ts";
import type { Progress } from "../../model/progress.ts";
import type { Place } from "../at.ts";
import { cloneByProgram, findProgram } from "./clone-by-program.ts";
import { cloneEntry } from "./clone-entry.ts";
import { unusable } from "./juice-errors.ts";
import type { JuiceVolume } from "./juice-volume.ts";

/** What is copied, where to, and who wants to know. */
export interface WayOptions {
  readonly from: Place;
  readonly to: Place;
  /** Given when `from` lies on another mount of the same volume. */
  readonly fromVolume?: JuiceVolume;
  readonly isOwn?: boolean;
  readonly progress: Progress;
}

/** How often a long request looks for Ctrl-C, in milliseconds. */
const BETWEEN_BREATHS = 100;

/**
 * Copies as {@link cloneEntry} or {@link cloneByProgram} does, as JVS_JUICEFS says.
 *
 * @throws JvsError of those; E_ENGINE_UNUSABLE also where JuiceFS denies it to this user, since
 *   other engines pass over what they may not touch; E_INTERRUPTED, and the copy is gone
 */
export async function cloneByWay(
  volume: JuiceVolume,
  { from, to, fromVolume, isOwn = false, progress }: WayOptions,
): Promise<void> {
  const attempt = { verb: "clone", subject: from };
  const stop = new AbortController();
  const breath = setInterval(() => {
    progress.breathe().catch(() => stop.abort());
  }, BETWEEN_BREATHS);
  const { signal } = stop;
  try {
    if (juiceWay() === "direct") {
      const other = fromVolume === undefined ? {} : { fromVolume };
      const onProgress = (done: number): void => progress.report({ phase: "cloning", done });
      await cloneEntry(volume, { from, to, ...other, isOwn, signal, onProgress });
      return;
    }
    const program = juiceWay() === "cli" ? findProgram() : undefined;
    if (program === undefined) throw unusable(attempt, "no way to ask for it is left");
    await cloneByProgram(volume, { program, from, to, isOwn, signal });
  } catch (cause) {
    if ((cause as JvsError).code !== "E_PERMISSION") throw cause;
    throw unusable(attempt, "it is denied to this user", cause);
  } finally {
    clearInterval(breath);
  }
}
