import type { SettingReport, SettingsScope } from "../../../operations/settings/edit-settings.ts";
import type { Io } from "../../io.ts";

/** What every verb of `config` says about its settings. */
export const SETTINGS_HELP = `Settings: default_engine (auto, objects, ...), default_tags (a list: every snapshot gets
them), output_format (text or json; json is as if --json were given, but for help, version
and completion), progress_enabled (true or false), watch (manual; auto starts the watcher by
itself in large workspaces), hash (now; later leaves it to jvs seal where the engine can).

What gc keeps: retention.<rule> for all snapshots, retention.manual.<rule> and
retention.auto.<rule> for those of one kind. Rules are keep_last, keep_hourly, keep_daily,
keep_weekly, keep_monthly (a number), keep_within (a span: 12h, 30d, 4w), keep_tags (a list:
[release, v*]) and max_bytes (a size: 500MB). Without any, the whole history is kept.

What automatic snapshots may take: limits.auto_max_count (a number), limits.auto_max_age (a
span) and limits.auto_max_bytes (a size).

They are in .jvs/config.yaml; with --global in ~/.config/jvs/config.yaml, for all
repositories that do not say otherwise. Flags and the environment win over both.`;

export const GLOBAL_FLAG = {
  global: { type: "boolean", about: "Use the user's own file, for all repositories" },
} as const;

/** The file that is meant. */
export function scopeOf(flags: { readonly global: boolean }, io: Io): SettingsScope {
  return { global: flags.global, configHome: io.configHome };
}

/** As `config get` prints it. */
export function renderSetting({ key, value }: SettingReport): string {
  if (typeof value !== "object" || value === null) return String(value ?? `${key} (not set)`);
  return value.length === 0 ? "[]" : value.map((tag) => `- ${tag}`).join("\n");
}
