import { parseBytes, parseSpan } from "../model/amounts.ts";
import type { AutoLimits, RetentionPolicy, RetentionRules } from "../model/retention.ts";
import { type JsonObject, notUnderstood } from "./json-object.ts";
import type { Repo } from "./repo.ts";

const DAY_MS = 86_400_000;

/** Enough for weeks of hooks that fire every few minutes, and no more than a share of a small disk. */
const DEFAULT_LIMITS: AutoLimits = {
  auto_max_bytes: 10e9,
  auto_max_count: 1000,
  auto_max_age: 30 * DAY_MS,
};

type Reader = (value: unknown) => unknown;

const RULES: Readonly<Record<keyof RetentionRules, Reader>> = {
  keep_last: readCount,
  keep_hourly: readCount,
  keep_daily: readCount,
  keep_weekly: readCount,
  keep_monthly: readCount,
  keep_within: readSpan,
  keep_tags: readTags,
  max_bytes: readBytes,
};

const LIMITS: Readonly<Record<keyof AutoLimits, Reader>> = {
  auto_max_bytes: readBytes,
  auto_max_count: readCount,
  auto_max_age: readSpan,
};

/**
 * `retention` of repo.json: `manual` and `auto`, each with rules. Rules right in `retention` are
 * those of both.
 *
 * @throws E_CONFIG for a rule that is unknown or makes no sense: guessing could delete too much
 */
export function readRetention({ layout, record }: Repo): RetentionPolicy {
  const path = layout.repoJson;
  const { retention = {} } = record as unknown as { retention?: unknown };
  const { manual, auto, ...both } = asObject(retention, { path, key: "retention" });
  const shared = readRules(both, { path, key: "retention" });
  const own = (kind: string, value: unknown): RetentionRules =>
    readRules(asObject(value ?? {}, { path, key: `retention.${kind}` }), {
      path,
      key: `retention.${kind}`,
    });
  return {
    ...unlessEmpty("manual", { ...shared, ...own("manual", manual) }),
    ...unlessEmpty("auto", { ...shared, ...own("auto", auto) }),
  };
}

/**
 * `limits` of repo.json; what it does not say is as usual.
 *
 * @throws E_CONFIG for a limit that makes no sense
 */
export function readLimits({ layout, record }: Repo): AutoLimits {
  const path = layout.repoJson;
  const { limits = {} } = record as unknown as { limits?: unknown };
  const own = Object.entries(asObject(limits, { path, key: "limits" })).filter(
    ([key]) => key in LIMITS,
  );
  const place = { path, key: "limits" };
  return { ...DEFAULT_LIMITS, ...readFields(own, LIMITS, place) } as AutoLimits;
}

/** Where a value stands, for messages. */
interface Place {
  readonly path: string;
  readonly key: string;
}

function readRules(value: JsonObject, place: Place): RetentionRules {
  return readFields(Object.entries(value), RULES, place) as RetentionRules;
}

function readFields(
  fields: readonly [string, unknown][],
  readers: Readonly<Record<string, Reader>>,
  { path, key: around }: Place,
): JsonObject {
  return Object.fromEntries(
    fields.map(([key, value]) => {
      const read = Object.hasOwn(readers, key) ? readers[key] : undefined;
      if (read === undefined) throw notUnderstood(path, `"${around}.${key}" is no rule`);
      const found = read(value);
      if (found === undefined)
        throw notUnderstood(path, `"${around}.${key}" cannot be ${JSON.stringify(value)}`);
      return [key, found];
    }),
  );
}

function unlessEmpty(kind: keyof RetentionPolicy, rules: RetentionRules): RetentionPolicy {
  return Object.keys(rules).length === 0 ? {} : { [kind]: rules };
}

function asObject(value: unknown, { path, key }: Place): JsonObject {
  if (typeof value === "object" && value !== null && !Array.isArray(value))
    return value as JsonObject;
  throw notUnderstood(path, `"${key}" is no JSON object`);
}

function readCount(value: unknown): number | undefined {
  return Number.isSafeInteger(value) && Number(value) >= 0 ? Number(value) : undefined;
}

function readBytes(value: unknown): number | undefined {
  return typeof value === "string" ? parseBytes(value) : readCount(value);
}

function readSpan(value: unknown): number | undefined {
  return typeof value === "string" ? parseSpan(value) : undefined;
}

function readTags(value: unknown): readonly string[] | undefined {
  const isList = Array.isArray(value) && value.every((tag) => typeof tag === "string");
  return isList ? (value as string[]) : undefined;
}
