import { JvsError } from "../model/errors.ts";
import { readTextIfAny } from "./control-file.ts";
import { hashRecord } from "./hash-record.ts";

/** What a control file holds, before anyone has looked at its fields. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** The checksum that {@link formatJson} adds: what reads a record passes it over, doctor compares it. */
const CHECKSUM = "record_checksum";

/** The object that `text` is, or undefined when it is none. */
export function parseJsonObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Reads a control file.
 *
 * @returns undefined when there is no such file.
 * @throws E_CONFIG when it holds no JSON object.
 */
export function readJsonObject(path: string): JsonObject | undefined {
  const text = readTextIfAny(path);
  if (text === undefined) return undefined;
  const record = parseJsonObject(text);
  if (record === undefined) throw notUnderstood(path, "it is no JSON object");
  const { [CHECKSUM]: _, ...fields } = record;
  return fields;
}

/** The error for a control file whose content makes no sense. */
export function notUnderstood(path: string, why: string): JvsError {
  return new JvsError(`Cannot understand "${path}": ${why}`, {
    code: "E_CONFIG",
    hint: "Put the file back from a backup; `jvs doctor` says what else is wrong",
    details: { path, why },
  });
}

/**
 * How control files are written: people read them, and an altered byte must show. Who edits one by
 * hand takes its `record_checksum` out.
 */
export function formatJson(value: object): string {
  return formatPlainJson(sealRecord(value));
}

/** The record with its checksum, as the last key. */
export function sealRecord(value: object): JsonObject {
  return { ...value, [CHECKSUM]: hashRecord(value, [CHECKSUM]) };
}

/** The same for records that have a checksum of their own. */
export function formatPlainJson(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** What the checksum in a control file says about it. */
export function compareChecksum(record: JsonObject): "fits" | "differs" | "missing" {
  if (record[CHECKSUM] === undefined) return "missing";
  return hashRecord(record, [CHECKSUM]) === record[CHECKSUM] ? "fits" : "differs";
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
