import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { writeAtomic } from "../fs/write-atomic.ts";
import { JvsError } from "../model/errors.ts";
import { overlayRules } from "../model/retention-schema.ts";
import { mergeSettings, pathOfKey, readSettings, type Settings } from "../model/settings.ts";
import { readTextIfAny } from "./control-file.ts";
import { editYaml } from "./edit-yaml.ts";
import { settingsPath } from "./layout.ts";
import { readYaml } from "./read-yaml.ts";
import { findRepo, type Repo } from "./repo.ts";
import { type OldRules, oldRulesOf } from "./retention-policy.ts";
import { followUserSettings, isThere, userSettingsPath } from "./settings-place.ts";

/** Longer files are no settings. */
const MOST_BYTES = 1 << 20;

/** Where the settings that count in a folder are, as far as there are any. */
export interface SettingsFiles {
  readonly own: string | undefined;
  readonly shared: string | undefined;
  /** What the repository says elsewhere. */
  readonly old: OldRules;
}

/** @throws E_CONFIG when the user's own file is a link to what is not theirs */
export function findSettingsFiles(folder: string, configHome: string): SettingsFiles {
  const path = userSettingsPath(configHome);
  const repo = findRepoIfSound(folder);
  const own = repo && settingsPath(repo.layout);
  return {
    own: own !== undefined && isThere(own) ? own : undefined,
    shared: path !== undefined && isThere(path) ? followUserSettings(path) : undefined,
    old: repo === undefined ? {} : oldRulesOf(repo),
  };
}

/** A repository that cannot be opened has no settings: the command itself says what is wrong with it. */
function findRepoIfSound(folder: string): Repo | undefined {
  try {
    return findRepo(folder);
  } catch (error) {
    if (error instanceof JvsError) return undefined;
    throw error;
  }
}

/**
 * What holds: each setting as the repository has it, or else the user. Rules for retention, and
 * limits, are those of the repository alone where it has any.
 */
export function joinSettings(own: Settings, shared: Settings, old: OldRules): Settings {
  const { retention, limits, ...others } = mergeSettings(own, shared);
  const rules = (key: "retention" | "limits"): Settings =>
    own[key] === undefined && old[key] === undefined
      ? { ...(shared[key] === undefined ? {} : { [key]: shared[key] }) }
      : { [key]: overlayRules(old[key] ?? {}, own[key] ?? {}) };
  return { ...others, ...rules("retention"), ...rules("limits") };
}

/**
 * What the file says; nothing when there is none.
 *
 * @throws E_CONFIG with the line, when it is no YAML or says what makes no sense
 */
export async function readSettingsFile(path: string): Promise<Settings> {
  const text = readTextIfAny(path) ?? "";
  if (text.length > MOST_BYTES) throw broken(path, "it is too long to hold settings");
  const yaml = await readYaml(text);
  if ("fault" in yaml) throw broken(path, yaml.fault);
  const settings = readSettings(yaml.value);
  if (typeof settings === "string") throw broken(path, `${lineOf(text, settings)}${settings}`);
  return settings;
}

/**
 * Sets or removes (undefined) one setting; every other line stays as it is. The file and its folder
 * are made when they are missing.
 *
 * @throws E_CONFIG when the file is broken, or is none: it is not written over
 */
export async function writeSetting(path: string, key: string, value: unknown): Promise<void> {
  await readSettingsFile(path);
  const text = readTextIfAny(path) ?? "";
  const edited = await editYaml(text, pathOfKey(key), value);
  mkdirSync(dirname(path), { recursive: true });
  writeAtomic(path, edited, { sync: true, soleWriter: true });
}

/** Where the key stands that a fault begins with; the names on the way stand above it. */
function lineOf(text: string, fault: string): string {
  const names = /^invalid ([\w.]+)/.exec(fault)?.[1]?.split(".") ?? [];
  const lines = text.split("\n");
  let at = -1;
  for (const name of names) {
    const isNamed = new RegExp(`(^|[\\s{,])["']?${RegExp.escape(name)}["']?\\s*:`);
    const next = lines.findIndex((line, number) => number >= Math.max(at, 0) && isNamed.test(line));
    if (next < 0) break;
    at = next;
  }
  return at < 0 ? "" : `line ${at + 1}: `;
}

function broken(path: string, why: string): JvsError {
  return new JvsError(`Cannot understand the settings in "${path}": ${why}`, {
    code: "E_CONFIG",
    hint: "Mend that line with an editor, or move the file away; `jvs config --help` lists the settings",
    details: { path, why },
  });
}
