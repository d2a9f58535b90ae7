import type { SettingReport, SettingsScope } from "../../../operations/settings/edit-settings.ts";
import type { Io } from "../../io.ts";

/** What every verb of `config` says about its settings. */
export const SETTINGS_HELP = `Settings: default_engine (auto, objects, ...), default_tags (a list: every snapshot gets them),
output_format (text or json), progress_enabled (true or false). They are in .jvs/config.yaml; with
--global in ~/.config/jvs/config.yaml, for all repositories that do not say otherwise. Flags and the
environment win over both.`;

export const GLOBAL_FLAG = {
  global: { type: "boolean", about: "Use the user's own file, for all repositories" },
} as const;

/** The file that is meant. */
export function scopeOf(flags: { readonly global: boolean }, io: Io): SettingsScope {
  return { global: flags.global, configHome: io.configHome };
}

/** As `config get` prints it. */
export function renderSetting({ key, value }: SettingReport): string {
  if (key === "default_tags") return renderTags(value);
  return value === null ? `${key} (not set)` : String(value);
}

function renderTags(value: SettingReport["value"]): string {
  const tags = Array.isArray(value) ? value : [];
  return tags.length === 0 ? "[]" : tags.map((tag) => `- ${tag}`).join("\n");
}
