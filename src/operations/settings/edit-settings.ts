import { JvsError } from "../../model/errors.ts";
import {
  isSettingKey,
  mergeSettings,
  readSettings,
  SETTING_KEYS,
  type SettingKey,
  type Settings,
} from "../../model/settings.ts";
import { settingsPath } from "../../repo/layout.ts";
import { locateWorktree } from "../../repo/locate-worktree.ts";
import { lockRepository } from "../../repo/lock.ts";
import { appendOperation } from "../../repo/operation-log.ts";
import type { Repo } from "../../repo/repo.ts";
import { readSettingsFile, writeSetting } from "../../repo/settings-file.ts";
import { userSettingsPath } from "../../repo/settings-place.ts";
import type { Context } from "../context.ts";
import { openRepository } from "../open-workspace.ts";

/** Which file: that of the repository around, or with `global` that of the user. */
export interface SettingsScope {
  readonly global: boolean;
  /** As XDG_CONFIG_HOME has it. */
  readonly configHome: string;
}

export interface SettingsReport {
  /** The file that `set` would write. */
  readonly location: string;
  /** What holds: with `global` what the user's file says, else that of both files. */
  readonly settings: Settings;
}

/** One setting as it is now; null when it is not set. */
export interface SettingReport {
  readonly key: SettingKey;
  readonly value: string | boolean | readonly string[] | null;
}

/** @throws E_NO_REPOSITORY, E_CONFIG */
export async function showSettings(ctx: Context, scope: SettingsScope): Promise<SettingsReport> {
  const shared = userSettingsPath(scope.configHome);
  if (scope.global) return { location: shared, settings: await readSettingsFile(shared) };
  const location = settingsPath(openRepository(ctx).repo.layout);
  const settings = mergeSettings(await readSettingsFile(location), await readSettingsFile(shared));
  return { location, settings };
}

/** @throws E_USAGE for an unknown key, E_NO_REPOSITORY, E_CONFIG */
export async function getSetting(
  ctx: Context,
  scope: SettingsScope,
  key: string,
): Promise<SettingReport> {
  const known = checkKey("get", key);
  const { settings } = await showSettings(ctx, scope);
  return { key: known, value: settings[known] ?? null };
}

/**
 * Sets one setting, or takes it out of the file (`text` undefined).
 *
 * @throws E_USAGE for an unknown key or a value that makes no sense, E_NO_REPOSITORY, E_CONFIG, E_LOCKED
 */
export async function changeSetting(
  ctx: Context,
  scope: SettingsScope,
  { key, text }: { readonly key: string; readonly text: string | undefined },
): Promise<SettingReport> {
  const known = checkKey(text === undefined ? "unset" : "set", key);
  const value = text === undefined ? undefined : parseValue(known, text);
  if (scope.global) await writeSetting(userSettingsPath(scope.configHome), known, value);
  else await changeOwn(ctx, known, value);
  return { key: known, value: (value ?? null) as SettingReport["value"] };
}

async function changeOwn(ctx: Context, key: SettingKey, value: unknown): Promise<void> {
  const { repo } = openRepository(ctx);
  using _lock = await lockRepository(repo, "settings", {
    actor: ctx.actor,
    command: "jvs config",
    timeoutMs: ctx.lockTimeout,
  });
  const path = settingsPath(repo.layout);
  const before = (await readSettingsFile(path))[key];
  if (toRef(before) === toRef(value)) return;
  await writeSetting(path, key, value);
  const worktree = locateWorktree(repo, ctx.cwd)?.worktree.name;
  log(ctx, repo, { key, name: settingRef(worktree, key), move: [toRef(before), toRef(value)] });
}

/** The name under which the log keeps a setting: undo looks for those of its worktree. */
export function settingRef(worktree: string | undefined, key: string): string {
  return worktree === undefined ? `config:${key}` : `${worktree}/config:${key}`;
}

function toRef(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value);
}

function log(
  ctx: Context,
  repo: Repo,
  { key, name, move }: { key: SettingKey; name: string; move: [string | null, string | null] },
): void {
  appendOperation(repo, {
    operation: "config",
    actor: ctx.actor,
    target: key,
    reason: move[1] ?? "",
    refs: { [name]: move },
    now: ctx.now(),
  });
}

function checkKey(verb: "get" | "set" | "unset", key: string): SettingKey {
  if (isSettingKey(key)) return key;
  throw new JvsError(`${verb} config: unknown config key: ${key}`, {
    code: "E_USAGE",
    hint: `Keys: ${SETTING_KEYS.join(", ")}`,
    details: { key },
  });
}

/** What was typed, as the file has it. "" is "not set". */
function parseValue(key: SettingKey, text: string): unknown {
  const value = text === "" ? undefined : (PARSERS[key] ?? ((word: string) => word))(text);
  const settings = readSettings({ [key]: value ?? null });
  if (typeof settings === "object") return value;
  throw new JvsError(`save config: invalid config: ${settings}`, {
    code: "E_USAGE",
    hint: "Nothing was changed; `jvs config --help` shows examples",
    details: { key, value: text },
  });
}

const PARSERS: Partial<Record<SettingKey, (text: string) => unknown>> = {
  default_tags: parseTags,
  progress_enabled: (text) => (/^(true|false)$/.test(text) ? text === "true" : text),
};

/** A list in YAML or JSON; one word is a list of one. */
function parseTags(text: string): unknown {
  try {
    const value = Bun.YAML.parse(text);
    return Array.isArray(value) ? value : [text];
  } catch {
    return text;
  }
}
