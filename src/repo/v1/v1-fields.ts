import type { JsonObject } from "../json-object.ts";

/** The fields of a record of version 1, whose readers never minded the case of a key. */
export class V1Fields {
  private readonly values: ReadonlyMap<string, unknown>;

  constructor(record: JsonObject) {
    this.values = new Map(
      Object.entries(record).map(([key, value]) => [key.toLowerCase(), value ?? undefined]),
    );
  }

  /** Whether it says anything: null and "" say nothing. */
  has(key: string): boolean {
    return (this.values.get(key) ?? "") !== "";
  }

  /** The text, "" where there is none. */
  text(key: string): string {
    const value = this.values.get(key);
    return typeof value === "string" ? value.toWellFormed() : "";
  }

  /** The text, undefined where there is none or it is empty. */
  textIfAny(key: string): string | undefined {
    return this.text(key) || undefined;
  }

  /** The texts of a list, undefined where there are none. */
  listIfAny(key: string): readonly string[] | undefined {
    const value = this.values.get(key);
    if (!Array.isArray(value) || value.length === 0) return undefined;
    return value.filter((item) => typeof item === "string").map((item) => item.toWellFormed());
  }

  /** The object, undefined where there is none. */
  objectIfAny(key: string): JsonObject | undefined {
    const value = this.values.get(key);
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject ? (value as JsonObject) : undefined;
  }

  number(key: string): number {
    const value = this.values.get(key);
    return typeof value === "number" ? value : 0;
  }
}
