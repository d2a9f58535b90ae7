import { parseBytes, parseSpan } from "./amounts.ts";
import type { AutoLimits, RetentionPolicy, RetentionRules } from "./retention.ts";

/** A block of rules or limits as people write it: in `config.yaml`, and in the `repo.json` of old. */
export type RawRules = Readonly<Record<string, unknown>>;

/** What a rule holds: how it is written, and what it means. Undefined: it makes no sense. */
interface Kind {
  /** The form, for messages. */
  readonly form: string;
  read(value: unknown): unknown;
  /** What was typed, as a file has it. */
  parse(text: string): unknown;
}

const COUNT: Kind = {
  form: "a whole number, as 10",
  read: (value) => (Number.isSafeInteger(value) && Number(value) >= 0 ? value : undefined),
  parse: (text) => (/^\d{1,15}$/.test(text) ? Number(text) : text),
};
const SPAN: Kind = {
  form: "a span of time, as 12h, 30d or 4w",
  read: (value) => (typeof value === "string" ? parseSpan(value) : undefined),
  parse: (text) => text,
};
const BYTES: Kind = {
  form: "a size, as 500MB or 10GB",
  read: (value) => (typeof value === "string" ? parseBytes(value) : COUNT.read(value)),
  parse: COUNT.parse,
};
const TAGS: Kind = {
  form: "a list of tags, as [release, v*]",
  read: (value) =>
    Array.isArray(value) && value.every((tag) => typeof tag === "string" && tag !== "")
      ? value
      : undefined,
  parse: (text) => splitList(text),
};

const RULES: Readonly<Record<keyof RetentionRules, Kind>> = {
  keep_last: COUNT,
  keep_hourly: COUNT,
  keep_daily: COUNT,
  keep_weekly: COUNT,
  keep_monthly: COUNT,
  keep_within: SPAN,
  keep_tags: TAGS,
  max_bytes: BYTES,
};

/** What the older jvs called two of them; it wrote `keep: 0` and `within: ""` where it meant nothing at all. */
const OLD_NAMES: Readonly<Record<string, keyof RetentionRules>> = {
  keep: "keep_last",
  within: "keep_within",
};

const LIMITS: Readonly<Record<keyof AutoLimits, Kind>> = {
  auto_max_bytes: BYTES,
  auto_max_count: COUNT,
  auto_max_age: SPAN,
};

/** Enough for weeks of hooks that fire every few minutes, and no more than a share of a small disk. */
const DEFAULT_LIMITS: AutoLimits = {
  auto_max_bytes: 10e9,
  auto_max_count: 1000,
  auto_max_age: 30 * 86_400_000,
};

/** `retention.keep_last`, `retention.auto.max_bytes`, `limits.auto_max_age`: all that can be set. */
export const RULE_KEYS: readonly string[] = [
  ...["retention", "retention.manual", "retention.auto"].flatMap((block) =>
    Object.keys(RULES).map((rule) => `${block}.${rule}`),
  ),
  ...Object.keys(OLD_NAMES).map((rule) => `retention.${rule}`),
  ...Object.keys(LIMITS).map((limit) => `limits.${limit}`),
];

/** What was typed for such a key, as a file has it; in words what is wrong when it makes no sense. */
export function parseRule(key: string, text: string): { value: unknown } | { fault: string } {
  const kind = kindOf(key);
  const value = kind.parse(text);
  if (kind.read(value) !== undefined) return { value };
  return { fault: `invalid ${key}: ${text} (must be ${kind.form})` };
}

function kindOf(key: string): Kind {
  const said = key.split(".").at(-1) ?? "";
  const name = OLD_NAMES[said] ?? said;
  return { ...RULES, ...LIMITS }[name as keyof typeof RULES | keyof typeof LIMITS];
}

/**
 * The policy that a block `retention` says: `manual` and `auto`, each with rules; rules right in it
 * are those of both. Rules that are unknown are an error: guessing could delete too much.
 *
 * @returns in words what is wrong, beginning with the key
 */
export function readRetention(raw: unknown): RetentionPolicy | string {
  if (!isBlock(raw)) return "invalid retention: it holds no rules, as keep_last: 10";
  const { manual = {}, auto = {}, ...both } = raw;
  const shared = readRules({ block: "retention", kinds: RULES }, both);
  const ofManual = readRules({ block: "retention.manual", kinds: RULES }, manual ?? {});
  const ofAuto = readRules({ block: "retention.auto", kinds: RULES }, auto ?? {});
  for (const one of [shared, ofManual, ofAuto]) if (typeof one === "string") return one;
  return {
    ...unlessEmpty("manual", { ...(shared as object), ...(ofManual as object) }),
    ...unlessEmpty("auto", { ...(shared as object), ...(ofAuto as object) }),
  };
}

/** The limits that a block `limits` says, and what is usual for the others; or in words what is wrong. */
export function readLimits(raw: unknown): AutoLimits | string {
  if (!isBlock(raw)) return "invalid limits: it holds no limits, as auto_max_count: 100";
  const found = readRules({ block: "limits", kinds: LIMITS }, raw);
  return typeof found === "string" ? found : { ...DEFAULT_LIMITS, ...found };
}

/** The rules of both; where both say the same rule, `upper` wins. Blocks in them likewise. */
export function overlayRules(lower: RawRules, upper: RawRules): RawRules {
  const merged: Record<string, unknown> = { ...lower };
  for (const [key, value] of Object.entries(upper)) {
    const below = merged[key];
    const newer = OLD_NAMES[key];
    if (newer !== undefined && saysSomething(key, value)) delete merged[newer];
    merged[key] = isBlock(value) && isBlock(below) ? overlayRules(below, value) : value;
  }
  return merged;
}

interface Block {
  /** How messages call it. */
  readonly block: string;
  readonly kinds: Readonly<Record<string, Kind>>;
}

function readRules({ block, kinds }: Block, raw: unknown): Record<string, unknown> | string {
  if (!isBlock(raw)) return `invalid ${block}: it holds no rules`;
  const said = Object.entries(raw).filter(([key, value]) => saysSomething(key, value));
  // The older names first: the newer ones have the last word.
  const sorted = said.sort(([one], [other]) => rankOf(one) - rankOf(other));
  const found: Record<string, unknown> = {};
  for (const [key, value] of sorted) {
    const name = OLD_NAMES[key] ?? key;
    const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
    if (kind === undefined)
      return `invalid ${block}.${key}: there is no such rule (there are ${Object.keys(kinds).join(", ")})`;
    found[name] = kind.read(value);
    if (found[name] === undefined)
      return `invalid ${block}.${key}: ${JSON.stringify(value)} (must be ${kind.form})`;
  }
  return found;
}

function saysSomething(key: string, value: unknown): boolean {
  return value !== null && value !== "" && !(key === "keep" && value === 0);
}

function rankOf(key: string): number {
  return key in OLD_NAMES ? 0 : 1;
}

function unlessEmpty(kind: keyof RetentionPolicy, rules: RetentionRules): RetentionPolicy {
  return Object.keys(rules).length === 0 ? {} : { [kind]: rules };
}

/** Whether it is a block of rules, of whatever kind. */
export function isBlock(value: unknown): value is RawRules {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** `[a, "b"]`, `a, b` or `a`. Quotes are for `*` alone, which YAML takes for something else. */
function splitList(text: string): string[] {
  return text
    .replace(/^\s*\[(.*)\]\s*$/s, "$1")
    .split(",")
    .map((tag) => tag.trim().replace(/^(["'])(.*)\1$/, "$2"))
    .filter((tag) => tag !== "");
}
