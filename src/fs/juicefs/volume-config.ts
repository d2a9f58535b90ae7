import { fromText, type RawPath } from "../../model/raw-path.ts";
import { closeFd, openFolder, statAt } from "../at.ts";
import { AT_FDCWD } from "../libc.ts";
import { readSmall } from "../read-small.ts";
import { StatBuffer } from "../stat-buffer.ts";

/** What a mount says about its volume and itself. */
export interface VolumeConfig {
  /** Of the mount process, such as `1.3.1+2025-07-01.1e0d8a8`. */
  readonly version: string;
  readonly name: string;
  /** The same for all mounts of a volume, on all hosts. */
  readonly uuid: string;
  /** How long deleted files are kept; 0 when they are not. */
  readonly trashDays: number;
  /** The folder of the volume that is the top of this mount; "" for all of it. */
  readonly subfolder: string;
  readonly isReadOnly: boolean;
}

/** The node's number and names (pkg/vfs/internal.go of JuiceFS); it is in the top folder alone. */
const CONFIG_INODE = 0x7fffffff00000004n;
const CONFIG_NAMES = [".jfs.config", ".config"] as RawPath[];

/** Reads the configuration in the mount's top folder; undefined when that is not allowed or not it. */
export function readConfig(mountPoint: string, device: string): VolumeConfig | undefined {
  let top: number;
  try {
    top = openFolder(AT_FDCWD, fromText(mountPoint));
  } catch {
    return undefined; // Not ours to enter, or hidden below another mount.
  }
  try {
    const stat = new StatBuffer();
    const isIt = (name: RawPath) =>
      statAt(top, name, stat) && stat.inode === CONFIG_INODE && stat.device === device;
    const name = CONFIG_NAMES.find(isIt);
    return name === undefined ? undefined : parseConfig(readSmall(top, name) ?? "");
  } catch {
    return undefined; // A mount that answers no more has no configuration.
  } finally {
    closeFd(top);
  }
}

/** The parts of the JSON that jvs reads; anything may be missing, or something else. */
interface RawConfig {
  readonly Version?: unknown;
  readonly Format?: {
    readonly Name?: unknown;
    readonly UUID?: unknown;
    readonly TrashDays?: unknown;
  };
  readonly Meta?: { readonly Subdir?: unknown; readonly ReadOnly?: unknown };
}

/** Understands the JSON of the node; undefined when it is something else. */
export function parseConfig(text: string): VolumeConfig | undefined {
  let raw: RawConfig | null;
  try {
    raw = JSON.parse(text) as RawConfig | null;
  } catch {
    return undefined;
  }
  const version = raw?.Version;
  const { Name: name, UUID: uuid, TrashDays: days } = raw?.Format ?? {};
  const { Subdir: subfolder, ReadOnly: isReadOnly } = raw?.Meta ?? {};
  if (typeof version !== "string" || typeof name !== "string" || typeof uuid !== "string")
    return undefined;
  return {
    version,
    name,
    uuid,
    trashDays: typeof days === "number" ? days : 0,
    subfolder: typeof subfolder === "string" ? subfolder : "",
    isReadOnly: isReadOnly === true,
  };
}
