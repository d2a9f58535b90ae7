import { JvsError } from "../../model/errors.ts";
import {
  findSetting,
  parseSetting,
  SETTING_KEYS,
  type Settings,
  type SettingValue,
} from "../../model/settings.ts";
import { settingsPath } from "../../repo/layout.ts";
import { locateWorktree } from "../../repo/locate-worktree.ts";
import { lockRepository } from "../../repo/lock.ts";
import { appendOperation } from "../../repo/operation-log.ts";
import type { Repo } from "../../repo/repo.ts";
import { oldRulesOf } from "../../repo/retention-policy.ts";
import {
  findSettingsFiles,
  joinSettings,
  readSettingsFile,
  writeSetting,
} from "../../repo/settings-file.ts";
import { followUserSettings, userSettingsPath } from "../../repo/settings-place.ts";
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

/** One setting as it is now; null when it is not set, and [] for tags. */
export interface SettingReport {
  readonly key: string;
  readonly value: SettingValue | null;
}

/** @throws E_NO_REPOSITORY, E_CONFIG */
export async function showSettings(ctx: Context, scope: SettingsScope): Promise<SettingsReport> {
  if (scope.global) {
    const location = userFile(scope);
    return { location, settings: await readSettingsFile(location) };
  }
  const { repo } = openRepository(ctx);
  const { shared } = findSettingsFiles(ctx.cwd, scope.configHome);
  const location = settingsPath(repo.layout);
  const settings = joinSettings(
    await readSettingsFile(location),
    shared === undefined ? {} : await readSettingsFile(shared),
    oldRulesOf(repo),
  );
  return { location, settings };
}

/** @throws E_CONFIG when the environment names no folder for it */
function userFile({ configHome }: SettingsScope): string {
  const path = userSettingsPath(configHome);
  if (path !== undefined) return followUserSettings(path);
  throw new JvsError("Cannot find your own settings: no folder is named for them", {
    code: "E_CONFIG",
    hint: "Set HOME or XDG_CONFIG_HOME to an absolute path, or leave --global out",
  });
}

/** @throws E_USAGE for an unknown key, E_NO_REPOSITORY, E_CONFIG */
export async function getSetting(
  ctx: Context,
  scope: SettingsScope,
  key: string,
): Promise<SettingReport> {
  checkKey("get", key);
  const { settings } = await showSettings(ctx, scope);
  return reportOf(key, findSetting(settings, key));
}

function reportOf(key: string, value: SettingValue | undefined): SettingReport {
  return { key, value: value ?? (key === "default_tags" ? [] : null) };
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
  checkKey(text === undefined ? "unset" : "set", key);
  const value = text === undefined || text === "" ? undefined : parseValue(key, text);
  if (scope.global) await writeSetting(userFile(scope), key, value);
  else await changeOwn(ctx, key, value);
  return reportOf(key, value as SettingValue | undefined);
}

async function changeOwn(ctx: Context, key: string, value: unknown): Promise<void> {
  const { repo } = openRepository(ctx);
  using _lock = await lockRepository(repo, "settings", {
    actor: ctx.actor,
    command: "jvs config",
    timeoutMs: ctx.lockTimeout,
  });
  const path = settingsPath(repo.layout);
  const before = findSetting(await readSettingsFile(path), key);
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
  { key, name, move }: { key: string; name: string; move: [string | null, string | null] },
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

function checkKey(verb: "get" | "set" | "unset", key: string): void {
  if (SETTING_KEYS.includes(key)) return;
  throw new JvsError(`${verb} config: unknown config key: ${key}`, {
    code: "E_USAGE",
    hint: `Keys: ${SETTING_KEYS.filter((one) => !one.startsWith("retention.")).join(", ")};\nretention.<rule>, retention.manual.<rule>, retention.auto.<rule> with a rule of ${RULES.join(", ")}`,
    details: { key },
  });
}

const RULES: readonly string[] = SETTING_KEYS.flatMap(
  (key) => key.match(/^retention\.(\w*_\w+)$/)?.[1] ?? [],
);

/** What was typed, as the file has it. */
function parseValue(key: string, text: string): unknown {
  const parsed = parseSetting(key, text);
  if ("value" in parsed) return parsed.value;
  throw new JvsError(`save config: invalid config: ${parsed.fault}`, {
    code: "E_USAGE",
    hint: "Nothing was changed; `jvs config --help` shows examples",
    details: { key, value: text },
  });
}
