import { compareVersions, parseVersion } from "../fs/juicefs/juice-version.ts";
import { findVolume, type JuiceVolume } from "../fs/juicefs/juice-volume.ts";
import { juiceWay } from "../model/juice-way.ts";
import { captureSlot } from "./capture-slot.ts";
import type { CaptureLoad, Engine, EnginePlace, Probe } from "./engine.ts";

/** Every snapshot a folder that the JuiceFS mount clones: no content is written, however much there is. */
export const juicefsCloneEngine: Engine = {
  name: "juicefs-clone",
  keepsFolders: true,
  probe,
  capture: (input) =>
    captureSlot(input, async (filling) => {
      const { fillJuiceSlot } = await import("./fill-juicefs-slot.ts");
      return await fillJuiceSlot(filling);
    }),
};

/** Milliseconds that the clone of an entry takes; since 1.4 entries travel in batches. */
const CLONE_COST = { batched: 0.1, single: 0.4 } as const;
const BATCHED_SINCE = { major: 1, minor: 4 };
/** Milliseconds of a request, of which an in-place layout needs one for each name at its top. */
const REQUEST_COST = 3;
/** Of a large file, which the object store takes as a clone. */
const FILE_COST = 8;
/** What the object store writes to JuiceFS of small files, in bytes a millisecond. */
const STORE_SPEED = 100_000;

function probe({ workspace, control }: EnginePlace, load?: CaptureLoad): Probe {
  const volume = findVolume(workspace);
  if (volume === undefined) return refuse(`"${workspace}" does not lie on JuiceFS`);
  if (juiceWay() === "off") return refuse("JVS_JUICEFS=off");
  const target = findVolume(control);
  if (target === undefined || !isSameVolume(volume, target))
    return refuse(`"${control}" does not lie on the same volume`);
  if (target.config?.isReadOnly) return refuse("the volume is mounted read-only");
  if (juiceWay() === "cli" && Bun.which("juicefs") === null)
    return refuse("JVS_JUICEFS=cli, and no program juicefs is in PATH");
  return { usable: true, ...drawbackOf(volume, load) };
}

function refuse(why: string): Probe {
  return { usable: false, why };
}

function isSameVolume(one: JuiceVolume, other: JuiceVolume): boolean {
  if (one.device === other.device) return true;
  return one.config !== undefined && one.config.uuid === other.config?.uuid;
}

/** A clone costs what there is, the object store what changed. */
function drawbackOf(volume: JuiceVolume, load?: CaptureLoad): { drawback?: string } {
  if (load === undefined)
    return { drawback: "taken where a clone costs less than to store what changed" };
  const version = parseVersion(volume.config?.version ?? "");
  const isBatched = version !== undefined && compareVersions(version, BATCHED_SINCE) >= 0;
  const each = isBatched ? CLONE_COST.batched : CLONE_COST.single;
  const cloning = load.entries * each + load.names * REQUEST_COST;
  const storing = load.changedBytes / STORE_SPEED + load.changedLarge * FILE_COST;
  if (cloning < storing) return {};
  const [clones, stores] = [cloning, storing].map((cost) => `${Math.ceil(cost)} ms`);
  return { drawback: `here a clone is estimated at ${clones}, to store what changed at ${stores}` };
}
