import {
  parseRule,
  type RawRules,
  RULE_KEYS,
  readLimits,
  readRetention,
} from "./retention-schema.ts";
import { faultOfTag } from "./tag-name.ts";

/** What `config.yaml` may say, here and in the user's own file. What is not set is undefined. */
export interface Settings {
  readonly default_engine?: string;
  readonly default_tags?: readonly string[];
  readonly output_format?: OutputFormat;
  readonly progress_enabled?: boolean;
  readonly watch?: WatchSetting;
  readonly hash?: HashSetting;
  /** Which snapshots gc keeps, as it is written; {@link readRetention} understands it. */
  readonly retention?: RawRules;
  /** What automatic snapshots may take, as it is written; {@link readLimits} understands it. */
  readonly limits?: RawRules;
}

export type OutputFormat = "text" | "json";

/** Whether a watcher is started by itself where it is of use, or only by `jvs watch start`. */
export type WatchSetting = "manual" | "auto";

/** Whether a snapshot reads what changed while it is taken, or leaves that for later. */
export type HashSetting = "now" | "later";

/** What a setting may hold. */
export type SettingValue = string | boolean | number | readonly string[];

/** The settings that are one value. */
const PLAIN_KEYS: readonly string[] = [
  "default_engine",
  "default_tags",
  "output_format",
  "progress_enabled",
  "watch",
  "hash",
];

/** All that `jvs config set` knows; dots lead into a block. */
export const SETTING_KEYS: readonly string[] = [...PLAIN_KEYS, ...RULE_KEYS];

/** Engines that a setting may name, also those that not every version has. */
export const ENGINE_NAMES = [
  "auto",
  "objects",
  "btrfs-snapshot",
  "juicefs-clone",
  "reflink-copy",
  "copy",
] as const;

/** What the older jvs called some of them: understood, and written nowhere. */
export const OLD_ENGINE_NAMES: Readonly<Record<string, (typeof ENGINE_NAMES)[number]>> = {
  juicefs: "juicefs-clone",
  reflink: "reflink-copy",
  btrfs: "btrfs-snapshot",
};

type Check = (value: unknown) => string | undefined;

const isEngine: Check = oneOf(["", ...ENGINE_NAMES]);

const CHECKS: Readonly<Record<keyof Settings, Check>> = {
  default_engine: named("default_engine", (value) =>
    Object.hasOwn(OLD_ENGINE_NAMES, String(value)) ? undefined : isEngine(value),
  ),
  default_tags: named("default_tags", faultOfTags),
  output_format: named("output_format", oneOf(["", "text", "json"])),
  progress_enabled: named("progress_enabled", (value) =>
    typeof value === "boolean" ? undefined : `${show(value)} (must be true or false)`,
  ),
  watch: named("watch", oneOf(["", "manual", "auto"])),
  hash: named("hash", oneOf(["", "now", "later"])),
  retention: (value) => faultIn(readRetention(value)),
  limits: (value) => faultIn(readLimits(value)),
};

function named(key: string, check: Check): Check {
  return (value) => {
    const fault = check(value);
    return fault === undefined ? undefined : `invalid ${key}: ${fault}`;
  };
}

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
  for (const [key, member] of Object.entries(value).filter(isSet)) {
    const fault = CHECKS[key as keyof Settings](member);
    if (fault !== undefined) return fault;
    found[key] = member;
  }
  return found;
}

function isSet([key, value]: readonly [string, unknown]): boolean {
  return Object.hasOwn(CHECKS, key) && value !== null && value !== "";
}

/** Where a key leads: the names of the blocks, and the setting. */
export function pathOfKey(key: string): string[] {
  return key.split(".");
}

/** What is set under the key, as it is written. */
export function findSetting(settings: Settings, key: string): SettingValue | undefined {
  let value: unknown = settings;
  for (const part of pathOfKey(key)) value = (value as RawRules | null | undefined)?.[part];
  return value === null || value === "" ? undefined : (value as SettingValue | undefined);
}

/** What was typed for a setting, as a file has it; in words what is wrong when it makes no sense. */
export function parseSetting(key: string, text: string): { value: unknown } | { fault: string } {
  if (!PLAIN_KEYS.includes(key)) return parseRule(key, text);
  const value = (PARSERS[key] ?? ((word: string) => word))(text);
  const read = readSettings({ [key]: value });
  return typeof read === "string" ? { fault: read } : { value };
}

const PARSERS: Readonly<Record<string, (text: string) => unknown>> = {
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
  const wrong = value.find((tag) => typeof tag !== "string" || faultOfTag(tag) !== undefined);
  if (wrong === undefined) return undefined;
  return typeof wrong === "string"
    ? `tag must ${faultOfTag(wrong)}`
    : `${show(wrong)} is no text (put it in quotes)`;
}

function faultIn(read: object | string): string | undefined {
  return typeof read === "string" ? read : undefined;
}

function show(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? String(value));
}
