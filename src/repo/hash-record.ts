import { canonicalJson } from "../model/canonical-json.ts";

/** The SHA-256, in lower-case hex, of a record's canonical JSON without the fields in `except`. */
export function hashRecord(record: object, except: readonly string[]): string {
  const covered = Object.entries(record).filter(([key]) => !except.includes(key));
  return new Bun.CryptoHasher("sha256")
    .update(canonicalJson(Object.fromEntries(covered)))
    .digest("hex");
}
