import { expect, test } from "vitest";
import { editYaml } from "./edit-yaml.ts";

const FILE = `# ours
default_tags:   # on every snapshot
  - nightly  # made by cron
  # the next one is for the release
  - rc
future: {x: 1,   y: [a,b]}   # not ours
output_format: text # why
retention:
    # by hand
    manual:
        keep_last: 10
    auto: {keep_within: 7d,  max_bytes: 1GB}
# the end
`;

interface Case {
  readonly text?: string;
  readonly path: string;
  readonly value?: unknown;
  /** Lines that go and lines that come, as \`diff\` shows them. */
  readonly change: readonly string[];
}

/** The lines of one text that the other lacks: fine where no line occurs twice. */
function compare(before: string, after: string): string[] {
  const [old, now] = [before, after].map((text) => text.split("\n"));
  const gone = old?.filter((line) => !now?.includes(line)).map((line) => `-${line}`) ?? [];
  const come = now?.filter((line) => !old?.includes(line)).map((line) => `+${line}`) ?? [];
  return [...gone, ...come];
}

const CASES: readonly Case[] = [
  {
    path: "output_format",
    value: "json",
    change: ["-output_format: text # why", "+output_format: json # why"],
  },
  { path: "output_format", change: ["-output_format: text # why"] },
  { path: "progress_enabled", value: false, change: ["+progress_enabled: false"] },
  { path: "default_tags", value: ["rc"], change: ["-  - nightly  # made by cron"] },
  { path: "default_tags", value: ["nightly", "rc", "x"], change: ["+  - x"] },
  {
    path: "default_tags",
    value: ["rc", "y"],
    change: ["-  - nightly  # made by cron", "+  - y"],
  },
  {
    path: "retention.manual.keep_last",
    value: 5,
    change: ["-        keep_last: 10", "+        keep_last: 5"],
  },
  {
    path: "retention.manual.keep_tags",
    value: ["v*"],
    change: ["+        keep_tags:", "+          - v*"],
  },
  {
    path: "retention.auto.keep_last",
    value: 3,
    change: [
      "-    auto: {keep_within: 7d,  max_bytes: 1GB}",
      "+    auto: {keep_within: 7d,  max_bytes: 1GB, keep_last: 3}",
    ],
  },
  {
    path: "retention.auto.keep_within",
    change: ["-    auto: {keep_within: 7d,  max_bytes: 1GB}", "+    auto: {max_bytes: 1GB}"],
  },
  {
    path: "retention.auto.max_bytes",
    change: ["-    auto: {keep_within: 7d,  max_bytes: 1GB}", "+    auto: {keep_within: 7d}"],
  },
  {
    path: "retention.manual.keep_last",
    change: ["-    manual:", "-        keep_last: 10"],
  },
  { path: "retention.keep_daily", value: 7, change: ["+    keep_daily: 7"] },
  {
    path: "limits.auto_max_count",
    value: 100,
    change: ["+limits:", "+  auto_max_count: 100"],
  },
  { path: "limits.auto_max_count", change: [] },
  { text: "", path: "a.b", value: 1, change: ["-", "+a:", "+  b: 1", "+"].slice(1, 3) },
  { text: "# note", path: "a", value: "x: y", change: ['+a: "x: y"', "+"] },
  { text: "{a: 1}\n", path: "b.c", value: 2, change: ["-{a: 1}", "+{a: 1, b: {c: 2}}"] },
  { text: "{}\n", path: "b", value: 2, change: ["-{}", "+{b: 2}"] },
  { text: "a: 1\nb:\n", path: "b.c", value: 2, change: ["+  c: 2"] },
  { text: "a: 1\nb:\n", path: "b", value: 2, change: ["-b:", "+b: 2"] },
  { text: "a: 1\nb: 2", path: "c", value: 3, change: ["+c: 3", "+"] },
  {
    text: "a: [x, y] # keep\nb: 1\n",
    path: "a",
    value: ["y"],
    change: ["-a: [x, y] # keep", "+a: [ y ] # keep"],
  },
];

test.each(CASES)("$path = $value: $change", async ({ text = FILE, path, value, change }) => {
  const edited = await editYaml(text, path.split("."), value);
  expect(compare(text, edited)).toEqual(change);
  // Nothing but whole lines came or went, in place.
  const kept = text.split("\n").filter((line) => !change.includes(`-${line}`) && line !== "");
  expect(edited.split("\n").filter((line) => kept.includes(line))).toEqual(kept);
});

test("a list in another order is written anew, alone", async () => {
  const edited = await editYaml(FILE, ["default_tags"], ["rc", "nightly"]);
  expect(edited).toContain("future: {x: 1,   y: [a,b]}   # not ours");
  expect(edited).toMatch(/^# ours\ndefault_tags: \[.*rc.*nightly.*\]\n(future)/);
});

test("the last value takes the file's blocks along, not its comments", async () => {
  expect(await editYaml("# a\nx:\n  y:\n    z: 1\n# b\n", ["x", "y", "z"], undefined)).toBe(
    "# a\n# b\n",
  );
});
