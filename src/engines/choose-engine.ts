import { JvsError } from "../model/errors.ts";
import { btrfsSnapshotEngine } from "./btrfs-snapshot.ts";
import { copyEngine } from "./copy.ts";
import type { CaptureLoad, Engine, EngineName, EnginePlace } from "./engine.ts";
import { isAutomatic, nameToday } from "./engine-names.ts";
import { juicefsCloneEngine } from "./juicefs-clone.ts";
import { objectsEngine } from "./objects.ts";
import { reflinkCopyEngine } from "./reflink-copy.ts";

/** Every engine. */
const ENGINES: readonly Engine[] = [
  objectsEngine,
  btrfsSnapshotEngine,
  juicefsCloneEngine,
  reflinkCopyEngine,
  copyEngine,
];

/** The first of these that works is taken where nobody asks for one. */
const AUTOMATIC: readonly Engine[] = [btrfsSnapshotEngine, juicefsCloneEngine, objectsEngine];

/** An engine that was passed over for another one. */
export interface PassedOver {
  readonly name: EngineName;
  readonly why: string;
}

export interface EngineChoice {
  readonly engine: Engine;
  readonly passedOver: readonly PassedOver[];
}

/** What bears on the choice, besides the place. */
export interface EngineNeeds {
  /** Only some paths are put at rest, over an older tree: no folder can hold that. */
  readonly isPartial: boolean;
  /** How much there is; absent while nobody has looked. */
  readonly load?: CaptureLoad;
}

/**
 * The engine that `wanted` names ("" and "auto": the best one here).
 *
 * @throws E_ENGINE_UNUSABLE when the one asked for is unknown or cannot work here: never a silent
 *   change to another
 */
export function chooseEngine(
  wanted: string,
  place: EnginePlace,
  needs: EngineNeeds = { isPartial: false },
): EngineChoice {
  const choice = isAutomatic(wanted)
    ? chooseBest(place, needs.load)
    : { engine: getUsable(wanted, place), passedOver: [] };
  if (!needs.isPartial || !choice.engine.keepsFolders) return choice;
  const { name } = choice.engine;
  const why = "a snapshot of some paths is no folder of its own";
  return { engine: objectsEngine, passedOver: [...choice.passedOver, { name, why }] };
}

/** What each engine says about the place. */
export function probeEngines(place: EnginePlace): (PassedOver & { readonly usable: boolean })[] {
  return ENGINES.map(({ name, probe }) => {
    const result = probe(place);
    const why = result.usable ? (result.drawback ?? "") : result.why;
    return { name, usable: result.usable, why };
  });
}

function chooseBest(place: EnginePlace, load: CaptureLoad | undefined): EngineChoice {
  const passedOver: PassedOver[] = [];
  for (const engine of AUTOMATIC) {
    const result = engine.probe(place, load);
    const why = result.usable ? result.drawback : result.why;
    if (why === undefined) return { engine, passedOver };
    passedOver.push({ name: engine.name, why });
  }
  return { engine: objectsEngine, passedOver };
}

function getUsable(wanted: string, place: EnginePlace): Engine {
  const engine = findEngine(wanted);
  if (engine === undefined)
    throw new JvsError(`Cannot use the engine "${wanted}": this version of jvs does not have it`, {
      code: "E_ENGINE_UNUSABLE",
      hint: `Engines: auto, ${ENGINES.map(({ name }) => name).join(", ")}`,
    });
  const result = engine.probe(place);
  if (result.usable) return engine;
  throw new JvsError(`Cannot use the engine "${wanted}" here: ${result.why}`, {
    code: "E_ENGINE_UNUSABLE",
    hint: "Choose another one (JVS_SNAPSHOT_ENGINE, JVS_ENGINE, jvs config set default_engine); `auto` takes the best that works",
    details: { engine: engine.name, path: place.control, why: result.why },
  });
}

function findEngine(name: string): Engine | undefined {
  const today = nameToday(name);
  return ENGINES.find((engine) => engine.name === today);
}
