import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { expect, test } from "vitest";
import { makeSandbox, type Sandbox } from "../sandbox.ts";

async function makeBox(config?: string): Promise<Sandbox> {
  const box = makeSandbox({ "w/a": "1" });
  await box.ok("w", "init");
  await box.ok("w", "snapshot", "first");
  if (config !== undefined) writeFileSync(box.path("w/.jvs/config.yaml"), config);
  return box;
}

function readConfig(box: Sandbox): string {
  return readFileSync(box.path("w/.jvs/config.yaml"), "utf8");
}

test("rules and limits: set, shown, got, unset, undone; other lines stay as they are", async () => {
  const before = "# ours\ndefault_tags:\n  - a  # first\n  - b\nfuture: {x: 1,  y: 2}\n";
  await using box = await makeBox(before);
  for (const [key, value] of [
    ["retention.manual.keep_last", "10"],
    ["retention.keep_within", "30d"],
    ["retention.keep_tags", "[release, v*]"],
    ["limits.auto_max_count", "100"],
    ["limits.auto_max_bytes", "2GB"],
  ] as const)
    expect(await box.ok("w", "config", "set", key, value)).toBe(`Set ${key} = ${value}\n`);
  expect(readConfig(box)).toBe(
    `${before}retention:\n  manual:\n    keep_last: 10\n  keep_within: 30d\n  keep_tags:\n    - release\n    - v*\nlimits:\n  auto_max_count: 100\n  auto_max_bytes: 2GB\n`,
  );
  expect(await box.ok("w", "config", "show")).toContain(
    "retention:\n  manual:\n    keep_last: 10\n  keep_within: 30d\n  keep_tags: [release, v*]\nlimits:\n",
  );
  expect(await box.json("w", "config", "show")).toMatchObject({
    Retention: { Keep: null, Within: null, manual: { keep_last: 10 }, keep_within: "30d" },
    Limits: { auto_max_count: 100, auto_max_bytes: "2GB" },
  });
  expect(await box.json("w", "config", "get", "retention.manual.keep_last")).toEqual({
    key: "retention.manual.keep_last",
    value: 10,
  });
  expect(await box.ok("w", "config", "get", "retention.keep_tags")).toBe("- release\n- v*\n");
  expect(await box.ok("w", "config", "get", "retention.auto.keep_daily")).toBe(
    "retention.auto.keep_daily (not set)\n",
  );
  expect((await box.jvs("w", "undo")).out).toContain("limits.auto_max_bytes is not set");
  await box.ok("w", "config", "unset", "limits.auto_max_count");
  await box.ok("w", "config", "set", "default_tags", "[b, c]");
  expect(readConfig(box)).toMatch(
    /^# ours\ndefault_tags:\n {2}- b\n {2}- c\nfuture: \{x: 1, {2}y: 2\}\n/,
  );
  expect(readConfig(box)).not.toContain("limits");
});

test.each([
  ["retention.manual.keep_last", "many", "must be a whole number, as 10"],
  ["retention.keep_within", "30", "must be a span of time, as 12h, 30d or 4w"],
  ["limits.auto_max_bytes", "lots", "must be a size, as 500MB or 10GB"],
  ["retention.keep_lots", "1", "unknown config key"],
  ["retention.safety.keep_last", "1", "unknown config key"],
  ["retention", "1", "unknown config key"],
])("config set %s %s is refused with the forms that are allowed", async (key, value, words) => {
  await using box = await makeBox();
  const ran = await box.jvs("w", "config", "set", key, value);
  expect(ran).toMatchObject({ exit: 2, out: "" });
  expect(ran.err).toContain(words);
  expect(existsSync(box.path("w/.jvs/config.yaml"))).toBe(false);
});

test.each([
  ["output_format: text\noutput_format: json\n", "line 2: this key is there twice"],
  ["retention:\n  keep_last: 1\n  keep_last: 2\n", "line 3: this key is there twice"],
  ["output_format: text\n---\noutput_format: json\n", "line 2: a second document begins here"],
  ["a: 1\ndefault_tags: *nobody\n", "line 2: nothing is called &nobody"],
  [
    `a: &a [x]\n${[..."bcdefghij"].map((name, at) => `${name}: &${name} [${Array(10).fill(`*${"abcdefghi"[at]}`)}]`).join("\n")}\n`,
    "too many aliases",
  ],
  ["retention:\n  manual:\n    keep_lst: 3\n", "line 3: invalid retention.manual.keep_lst"],
  ["limits:\n  auto_max_age: soon\n", "line 2: invalid limits.auto_max_age"],
])("%j is refused by readers and writers alike, with its line", async (text, words) => {
  await using box = await makeBox(text);
  for (const argv of [
    ["status"],
    ["config", "show"],
    ["config", "get", "output_format"],
    ["config", "set", "progress_enabled", "true"],
    ["config", "unset", "output_format"],
  ]) {
    const ran = await box.jvs("w", ...argv);
    expect(ran, argv.join(" ")).toMatchObject({ exit: 1, out: "" });
    expect(ran.err).toContain(words);
  }
  const doctor = await box.jvs("w", "doctor");
  expect(doctor.exit).toBe(12);
  expect(doctor.out).toContain("config-broken");
  expect(readConfig(box)).toBe(text);
});

test.each([
  ["fifo", "mkfifo", "a fifo"],
  ["folder", "mkdir", "a folder"],
  ["link", "ln -s ../a", "a symbolic link"],
])(
  "a %s in the place of the settings is named by every command, and neither hangs",
  async (_, make, what) => {
    await using box = await makeBox();
    Bun.spawnSync(["sh", "-c", `${make} config.yaml`], { cwd: box.path("w/.jvs") });
    for (const argv of [
      ["status"],
      ["snapshot"],
      ["config", "show"],
      ["config", "set", "output_format", "text"],
    ]) {
      const ran = await box.jvs("w", ...argv);
      expect(ran, argv.join(" ")).toMatchObject({ exit: 1, out: "" });
      expect(ran.err).toContain(`.jvs/config.yaml": it is ${what}, not a file`);
    }
    expect((await box.jvs("w", "doctor")).out).toContain("config-broken");
  },
);

test("without a home no settings are the user's: none are read, --global says so", async () => {
  await using box = await makeBox();
  box.write({ "w/jvs/config.yaml": "output_format: json\n" });
  for (const env of [
    { HOME: undefined, XDG_CONFIG_HOME: undefined },
    { HOME: "", XDG_CONFIG_HOME: "" },
    { HOME: ".", XDG_CONFIG_HOME: "." },
  ]) {
    expect((await box.run("w", ["history"], { env })).out).not.toMatch(/^\[/);
    for (const words of [["show"], ["get", "output_format"], ["set", "output_format", "text"]]) {
      const ran = await box.run("w", ["config", ...words, "--global"], { env });
      expect(ran).toMatchObject({ exit: 1, out: "" });
      expect(ran.err).toContain("Set HOME or XDG_CONFIG_HOME");
    }
  }
  expect(readFileSync(box.path("w/jvs/config.yaml"), "utf8")).toBe("output_format: json\n");
});

test("the user's own file may be a link into a collection of dot files: the file behind it is written", async () => {
  await using box = await makeBox();
  box.write({ "dots/jvs.yaml": "# mine\noutput_format: text\n" });
  mkdirSync(box.path("home/.config/jvs"), { recursive: true });
  const path = box.path("home/.config/jvs/config.yaml");
  symlinkSync(box.path("dots/jvs.yaml"), path);
  await box.ok("w", "config", "set", "progress_enabled", "false", "--global");
  expect(lstatSync(path).isSymbolicLink()).toBe(true);
  expect(readFileSync(box.path("dots/jvs.yaml"), "utf8")).toBe(
    "# mine\noutput_format: text\nprogress_enabled: false\n",
  );
  rmSync(box.path("dots/jvs.yaml"));
  const lost = await box.jvs("w", "config", "set", "output_format", "json", "--global");
  expect(lost.exit).toBe(1);
  expect(lost.err).toContain("a link that leads nowhere");
});

test("what repo.json says about retention still counts, and is shown", async () => {
  await using box = await makeBox();
  const path = box.path("w/.jvs/repo.json");
  const { record_checksum: _, ...record } = JSON.parse(readFileSync(path, "utf8"));
  writeFileSync(path, JSON.stringify({ ...record, retention: { manual: { keep_last: 7 } } }));
  expect(await box.ok("w", "config", "get", "retention.manual.keep_last")).toBe("7\n");
  await box.ok("w", "config", "set", "retention.manual.keep_last", "8");
  expect(await box.ok("w", "config", "get", "retention.manual.keep_last")).toBe("8\n");
});
