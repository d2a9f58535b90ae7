import { expect, test } from "vitest";
import { parseConfig } from "./volume-config.ts";

/** As a mount of 1.3.1 writes it, shortened. */
const RECORDED = `{
 "Meta": { "Strict": true, "ReadOnly": false, "MountPoint": "/mnt/vol", "Subdir": "" },
 "Format": {
  "Name": "vol",
  "UUID": "a9dc87d9-9a40-4fba-8afe-a6075ed0db21",
  "Storage": "file",
  "TrashDays": 1,
  "MinClientVersion": "1.1.0-A"
 },
 "Version": "1.3.1+2025-12-02.da5fdcb",
 "PrefixInternal": false
}`;

test("what a mount says about itself", () => {
  expect(parseConfig(RECORDED)).toEqual({
    version: "1.3.1+2025-12-02.da5fdcb",
    name: "vol",
    uuid: "a9dc87d9-9a40-4fba-8afe-a6075ed0db21",
    trashDays: 1,
    subfolder: "",
    isReadOnly: false,
  });
});

test.each([
  ["nothing", ""],
  ["null", "null"],
  ["other JSON", '{"Version": 3}'],
  ["half a file", RECORDED.slice(0, 200)],
])("%s is no configuration", (_, text) => {
  expect(parseConfig(text)).toBeUndefined();
});
