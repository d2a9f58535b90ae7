import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { writeAtomic } from "../fs/write-atomic.ts";
import { JvsError } from "../model/errors.ts";
import { readSettings, type Settings } from "../model/settings.ts";
import { readTextIfAny } from "./control-file.ts";
import { settingsPath } from "./layout.ts";
import { findRepo } from "./repo.ts";
import { isFile, userSettingsPath } from "./settings-place.ts";

/** Longer files are no settings. */
const MOST_BYTES = 1 << 20;

/**
 * The settings files that count in `folder`, where they are there: that of the repository and that of
 * the user.
 */
export function findSettingsFiles(
  folder: string,
  configHome: string,
): { readonly own: string | undefined; readonly shared: string | undefined } {
  const shared = userSettingsPath(configHome);
  return {
    own: ownPath(folder),
    shared: configHome !== "" && isFile(shared) ? shared : undefined,
  };
}

/** A repository that cannot be opened has no settings: the command itself says what is wrong with it. */
function ownPath(folder: string): string | undefined {
  try {
    const repo = findRepo(folder);
    const path = repo && settingsPath(repo.layout);
    return path !== undefined && isFile(path) ? path : undefined;
  } catch (error) {
    if (error instanceof JvsError) return undefined;
    throw error;
  }
}

/**
 * What the file says; nothing when there is none.
 *
 * @throws E_CONFIG with the line, when it is no YAML or says what makes no sense
 */
export async function readSettingsFile(path: string): Promise<Settings> {
  const text = readTextIfAny(path) ?? "";
  if (text.length > MOST_BYTES) throw broken(path, "it is too long to hold settings");
  const value = parseYaml(text);
  if (value === undefined) throw broken(path, await describeFault(text));
  const settings = readSettings(value);
  if (typeof settings === "string")
    throw broken(path, `${await lineOf(text, settings)}${settings}`);
  return settings;
}

/**
 * Sets or removes (undefined) one setting; comments, order and unknown keys stay. The file and its
 * folder are made when they are missing.
 *
 * @throws E_CONFIG when the file is broken: it is not written over
 */
export async function writeSetting(path: string, key: string, value: unknown): Promise<void> {
  const text = readTextIfAny(path) ?? "";
  await readSettingsFile(path);
  const { parseDocument } = await import("yaml");
  const document = parseDocument(text);
  if (value === undefined) document.delete(key);
  else document.set(key, value);
  mkdirSync(dirname(path), { recursive: true });
  const isEmpty = document.contents === null || Object.keys(document.toJS() ?? {}).length === 0;
  const written = isEmpty
    ? (document.commentBefore ?? "").replace(/^/gm, "#")
    : document.toString();
  writeAtomic(path, isEmpty && written === "#" ? "" : written, { sync: true, soleWriter: true });
}

/** Null for nothing, undefined for what is no YAML. */
function parseYaml(text: string): unknown {
  try {
    return Bun.YAML.parse(text) ?? null;
  } catch {
    return undefined;
  }
}

/** The line and the reason, from a parser that knows them. */
async function describeFault(text: string): Promise<string> {
  const { parseDocument } = await import("yaml");
  const [error] = parseDocument(text).errors;
  if (error === undefined) return "it is no YAML";
  const [reason = "it is no YAML"] = error.message.split("\n");
  return `line ${error.linePos?.[0].line ?? 1}: ${reason.replace(/ at line \d+, column \d+:?$/, "")}`;
}

/** Where the key stands that a fault begins with. */
async function lineOf(text: string, fault: string): Promise<string> {
  const key = /^invalid (\w+)/.exec(fault)?.[1];
  const line = text.split("\n").findIndex((one) => key !== undefined && one.startsWith(`${key}:`));
  return line < 0 ? "" : `line ${line + 1}: `;
}

function broken(path: string, why: string): JvsError {
  return new JvsError(`Cannot understand the settings in "${path}": ${why}`, {
    code: "E_CONFIG",
    hint: "Mend that line with an editor, or move the file away; `jvs config --help` lists the settings",
    details: { path, why },
  });
}
