import { JvsError } from "../model/errors.ts";
import type { Engine } from "./engine.ts";
import { objectsEngine } from "./objects.ts";

/** Every engine, best first. */
const ENGINES: readonly Engine[] = [objectsEngine];

/** Whether this version has an engine of that name ("auto": always). */
export function hasEngine(name: string): boolean {
  return name === "auto" || ENGINES.some((engine) => engine.name === name);
}

/**
 * The engine that `wanted` names ("" and "auto": the first that works inside `folder`).
 *
 * @throws E_ENGINE_UNUSABLE when the one asked for is unknown or cannot work here: never a silent
 *   change to another
 */
export function chooseEngine(wanted: string, folder: string): Engine {
  const isAuto = wanted === "" || wanted === "auto";
  for (const engine of ENGINES)
    if ((isAuto || engine.name === wanted) && engine.probe(folder).usable) return engine;
  throw new JvsError(`Cannot use the engine "${wanted}": this version of jvs does not have it`, {
    code: "E_ENGINE_UNUSABLE",
    hint: `Engines: auto, ${ENGINES.map(({ name }) => name).join(", ")}`,
  });
}
