import { expect, test } from "vitest";
import type { Entry, ObjectId } from "../model/entry.ts";
import type { RawPath } from "../model/raw-path.ts";
import { formatEntry, parseEntry } from "./entry-line.ts";

/** The first and the last second that a file system with 64 bits for them may tell, and years people use for "never". */
const MTIMES = [
  "0",
  "-1",
  "99999999999999999999",
  "253402214400000000000",
  "-9223372036854775808000000000",
  "9223372036854775807999999999",
];

for (const mtime of MTIMES)
  test(`a time of ${mtime} nanoseconds comes back`, () => {
    const entry: Entry = {
      name: "a" as RawPath,
      kind: "f",
      mode: 0o644,
      size: 4,
      mtime,
      content: "0".repeat(64) as ObjectId,
    };
    expect(parseEntry(formatEntry(entry))).toEqual(entry);
  });
