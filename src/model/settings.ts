/** What `config.yaml` may say, here and in the user's own file. What is not set is undefined. */
export interface Settings {
  readonly default_engine?: string;
  readonly default_tags?: readonly string[];
  readonly output_format?: OutputFormat;
  readonly progress_enabled?: boolean;
  /** For the file only; `set` does not know it. */
  readonly retention?: RetentionSetting;
}

export type OutputFormat = "text" | "json";

export interface RetentionSetting {
  /** How many of the newest snapshots are kept. */
  readonly keep?: number;
  /** Snapshots this young are kept, as `30d`. */
  readonly within?: string;
}

/** The settings that `jvs config set` knows. */
export const SETTING_KEYS = [
  "default_engine",
  "default_tags",
  "output_format",
  "progress_enabled",
] as const;

export type SettingKey = (typeof SETTING_KEYS)[number];

/** Engines that a setting may name, also those that not every version has. */
export const ENGINE_NAMES = ["auto", "objects", "juicefs-clone", "reflink-copy", "copy"] as const;

/** Whether `text` is the name of a setting. */
export function isSettingKey(text: string): text is SettingKey {
  return (SETTING_KEYS as readonly string[]).includes(text);
}

type Check = (value: unknown) => string | undefined;

const CHECKS: Readonly<Record<keyof Settings, Check>> = {
  default_engine: oneOf(["", ...ENGINE_NAMES]),
  default_tags: faultOfTags,
  output_format: oneOf(["", "text", "json"]),
  progress_enabled: (value) =>
    typeof value === "boolean" ? undefined : `${show(value)} (must be true or false)`,
  retention: faultOfRetention,
};

/**
 * The settings in `value`, which is what a settings file holds. Keys that are unknown are passed over,
 * and those that are null or "" are not set.
 *
 * @returns in words what is wrong, beginning with the key
 */
export function readSettings(value: unknown): Settings | string {
  if (value === null || value === undefined) return {};
  if (typeof value !== "object" || Array.isArray(value)) return "it holds no `key: value` lines";
  const found: Record<string, unknown> = {};
  for (const [key, member] of Object.entries(value)) {
    if (!Object.hasOwn(CHECKS, key) || member === null || member === "") continue;
    const fault = CHECKS[key as keyof Settings](member);
    if (fault !== undefined) return `invalid ${key}: ${fault}`;
    found[key] = member;
  }
  return found;
}

/** Those of `own`, and of `shared` what `own` does not say. */
export function mergeSettings(own: Settings, shared: Settings): Settings {
  return { ...shared, ...own };
}

function oneOf(words: readonly string[]): Check {
  const named = words.filter((word) => word !== "").join(", ");
  return (value) =>
    typeof value === "string" && words.includes(value)
      ? undefined
      : `${show(value)} (must be one of ${named})`;
}

function faultOfTags(value: unknown): string | undefined {
  if (!Array.isArray(value)) return `${show(value)} (must be a list, as [draft, nightly])`;
  const wrong = value.find((tag) => typeof tag !== "string" || !/^[a-zA-Z0-9._-]+$/.test(tag));
  if (wrong === undefined) return undefined;
  return typeof wrong === "string"
    ? `tag must match [a-zA-Z0-9._-]+: ${wrong}`
    : `${show(wrong)} is no text (put it in quotes)`;
}

function faultOfRetention(value: unknown): string | undefined {
  if (typeof value !== "object" || Array.isArray(value)) return "it holds no keep or within";
  const { keep, within } = value as { keep?: unknown; within?: unknown };
  if (keep !== undefined && keep !== null && !(Number.isInteger(keep) && Number(keep) >= 0))
    return `keep: ${show(keep)} (must be a whole number)`;
  if (within !== undefined && within !== null && typeof within !== "string")
    return `within: ${show(within)} (must be a time, as 30d)`;
  return undefined;
}

function show(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? String(value));
}
