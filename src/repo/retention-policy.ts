import { parseBytes, parseSpan } from "../model/amounts.ts";
import { JvsError } from "../model/errors.ts";
import type { AutoLimits, RetentionPolicy, RetentionRules } from "../model/retention.ts";
import type { JsonObject } from "./json-object.ts";
import type { Repo } from "./repo.ts";

const DAY_MS = 86_400_000;

/** Enough for weeks of hooks that fire every few minutes, and no more than a share of a small disk. */
const DEFAULT_LIMITS: AutoLimits = {
  auto_max_bytes: 10e9,
  auto_max_count: 1000,
  auto_max_age: 30 * DAY_MS,
};

/** How a value is read, and in words which are allowed. */
interface Reader {
  readonly form: string;
  /** Undefined for what is none. */
  read(value: unknown): unknown;
}

const COUNT: Reader = { form: "a whole number, 0 or more", read: readCount };
const BYTES: Reader = { form: 'a number of bytes, or a size such as "500MB"', read: readBytes };
const SPAN: Reader = { form: 'a span such as "12h", "30d" or "4w"', read: readSpan };
const TAGS: Reader = { form: 'a list of tags such as ["v*"]', read: readTags };

const RULES: Readonly<Record<keyof RetentionRules, Reader>> = {
  keep_last: COUNT,
  keep_hourly: COUNT,
  keep_daily: COUNT,
  keep_weekly: COUNT,
  keep_monthly: COUNT,
  keep_within: SPAN,
  keep_tags: TAGS,
  max_bytes: BYTES,
};

const LIMITS: Readonly<Record<keyof AutoLimits, Reader>> = {
  auto_max_bytes: BYTES,
  auto_max_count: COUNT,
  auto_max_age: SPAN,
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
      const reader = Object.hasOwn(readers, key) ? readers[key] : undefined;
      if (reader === undefined)
        throw mend(
          path,
          `"${around}.${key}" is no rule: those are ${Object.keys(readers).join(", ")}`,
        );
      const found = reader.read(value);
      if (found === undefined)
        throw mend(
          path,
          `"${around}.${key}" cannot be ${JSON.stringify(value)}: it is ${reader.form}`,
        );
      return [key, found];
    }),
  );
}

function mend(path: string, why: string): JvsError {
  return new JvsError(`Cannot understand "${path}": ${why}`, {
    code: "E_CONFIG",
    hint: "Mend it with an editor, and take record_checksum out; `jvs doctor --repair` adds it again",
    details: { path, why },
  });
}

function unlessEmpty(kind: keyof RetentionPolicy, rules: RetentionRules): RetentionPolicy {
  return Object.keys(rules).length === 0 ? {} : { [kind]: rules };
}

function asObject(value: unknown, { path, key }: Place): JsonObject {
  if (typeof value === "object" && value !== null && !Array.isArray(value))
    return value as JsonObject;
  throw mend(path, `"${key}" is no JSON object`);
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
