import type { Settings } from "../../../model/settings.ts";
import { showSettings } from "../../../operations/settings/edit-settings.ts";
import { type Command, defineCommand } from "../../command.ts";
import { GLOBAL_FLAG, SETTINGS_HELP, scopeOf } from "./settings-words.ts";

/** `jvs config show`. */
export const showCommand: Command = defineCommand({
  usage: "",
  about: SETTINGS_HELP,
  words: { min: 0, max: 0 },
  flags: GLOBAL_FLAG,
  examples: [
    { command: "jvs config show", does: "what holds in this repository" },
    { command: "jvs config show --global", does: "what your own file says" },
  ],

  async run({ flags }, ctx, io) {
    return showSettings(ctx, scopeOf(flags, io));
  },

  render: ({ location, settings }) =>
    ["# JVS Configuration", `# Location: ${location}`, "", ...settingLines(settings)].join("\n"),

  toJson: ({ settings }) => toObject(settings),
});

function settingLines(settings: Settings): string[] {
  const { default_engine, default_tags: tags = [], output_format, progress_enabled } = settings;
  const { retention, limits, watch, hash } = settings;
  const line = (key: string, value: unknown, instead = "(not set)"): string =>
    `${key}: ${value ?? instead}`;
  return [
    line("default_engine", default_engine, "(auto-detect)"),
    ...(tags.length === 0
      ? ["default_tags: (not set)"]
      : ["default_tags:", ...tags.map((tag) => `  - ${tag}`)]),
    line("output_format", output_format),
    line("progress_enabled", progress_enabled),
    ...(watch === undefined ? [] : [line("watch", watch)]),
    ...(hash === undefined ? [] : [line("hash", hash)]),
    ...blockLines("retention", retention),
    ...blockLines("limits", limits),
  ];
}

/** Rules as the file has them; none, and there is no line. */
function blockLines(name: string, rules: unknown, indent = ""): string[] {
  if (rules === undefined || rules === null) return [];
  if (Array.isArray(rules)) return [`${indent}${name}: [${rules.join(", ")}]`];
  if (typeof rules !== "object") return [`${indent}${name}: ${rules}`];
  const lines = Object.entries(rules).flatMap(([key, rule]) =>
    blockLines(key, rule, `${indent}  `),
  );
  return lines.length === 0 ? [] : [`${indent}${name}:`, ...lines];
}

/** With the names that scripts know. */
function toObject(settings: Settings): Record<string, unknown> {
  const { default_engine, default_tags, output_format, progress_enabled, watch, hash } = settings;
  const { keep = null, within = null, ...rules } = settings.retention ?? {};
  return {
    DefaultEngine: default_engine ?? "",
    DefaultTags: default_tags ?? [],
    OutputFormat: output_format ?? "",
    ProgressEnabled: progress_enabled ?? null,
    ...(watch === undefined ? {} : { Watch: watch }),
    ...(hash === undefined ? {} : { Hash: hash }),
    Retention: settings.retention === undefined ? null : { Keep: keep, Within: within, ...rules },
    Limits: settings.limits ?? null,
  };
}
