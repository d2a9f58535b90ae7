import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { makeSandbox, type Sandbox } from "../sandbox.ts";

async function makeProject(config?: string): Promise<Sandbox> {
  const box = makeSandbox();
  await box.jvs(".", "init", "p");
  box.write({ "p/main/a": "1" });
  if (config !== undefined) writeFileSync(box.path("p/.jvs/config.yaml"), config);
  return box;
}

function readConfig(box: Sandbox): string {
  return readFileSync(box.path("p/.jvs/config.yaml"), "utf8");
}

test("show without any setting", async () => {
  await using box = await makeProject();
  const ran = await box.jvs("p/main", "config", "show");
  expect(ran).toMatchObject({ exit: 0, err: "" });
  expect(ran.out).toBe(
    [
      "# JVS Configuration",
      `# Location: ${box.path("p/.jvs/config.yaml")}`,
      "",
      "default_engine: (auto-detect)",
      "default_tags: (not set)",
      "output_format: (not set)",
      "progress_enabled: (not set)",
      "",
    ].join("\n"),
  );
  expect(await box.json("p/main", "config", "show")).toEqual({
    DefaultEngine: "",
    DefaultTags: [],
    OutputFormat: "",
    ProgressEnabled: null,
    Retention: null,
    Limits: null,
  });
  expect(existsSync(box.path("p/.jvs/config.yaml"))).toBe(false);
});

test("set, get, unset, in words and in JSON", async () => {
  await using box = await makeProject();
  expect((await box.jvs("p/main", "config", "get", "default_tags")).out).toBe("[]\n");
  expect((await box.jvs("p/main", "config", "get", "output_format")).out).toBe(
    "output_format (not set)\n",
  );
  const set = await box.jvs("p/main", "config", "set", "default_tags", "[a, b.c]");
  expect(set).toMatchObject({ exit: 0, out: "Set default_tags = [a, b.c]\n", err: "" });
  expect((await box.jvs("p/main", "config", "get", "default_tags")).out).toBe("- a\n- b.c\n");
  expect((await box.jvs("p/main", "config", "set", "progress_enabled", "false")).exit).toBe(0);
  expect((await box.jvs("p", "config", "get", "progress_enabled")).out).toBe("false\n");
  expect(await box.json("p/main", "config", "get", "default_tags")).toEqual({
    key: "default_tags",
    value: ["a", "b.c"],
  });
  expect((await box.jvs("p/main", "config", "unset", "default_tags")).exit).toBe(0);
  expect(await box.json("p/main", "config", "get", "default_tags")).toEqual({
    key: "default_tags",
    value: [],
  });
});

test("comments, order and unknown keys survive", async () => {
  const text = "# ours\nfuture: {x: 1} # keep\noutput_format: text\n# end\n";
  await using box = await makeProject(text);
  await box.jvs("p/main", "config", "set", "default_tags", '["x"]');
  await box.jvs("p/main", "config", "set", "output_format", "json");
  await box.jvs("p/main", "config", "unset", "default_tags");
  const after = readConfig(box);
  expect(after).toContain("# ours\n");
  expect(after).toMatch(/future: \{ ?x: 1 ?\} # keep/);
  expect(after).toContain("output_format: json\n");
  expect(after).toContain("# end");
  await box.jvs("p/main", "config", "unset", "output_format");
  expect(readConfig(box)).toContain("# ours");
});

test.each([
  [["set", "nope", "1"], "jvs: set config: unknown config key: nope\n"],
  [["get", "nope"], "jvs: get config: unknown config key: nope\n"],
  [["set", "output_format", "xml"], "jvs: save config: invalid config: invalid output_format: xml"],
  [
    ["set", "default_engine", "fast"],
    "jvs: save config: invalid config: invalid default_engine: fast",
  ],
  [["set", "progress_enabled", "maybe"], "jvs: save config: invalid config: "],
  [
    ["set", "default_tags", "[a b]"],
    "jvs: save config: invalid config: invalid default_tags: tag must match",
  ],
  [
    ["set", "default_tags", "[1]"],
    "jvs: save config: invalid config: invalid default_tags: 1 is no text",
  ],
])("config %j is refused", async (words, message) => {
  await using box = await makeProject("output_format: text\n");
  const ran = await box.jvs("p/main", "config", ...words);
  expect(ran).toMatchObject({ exit: 2, out: "" });
  expect(ran.err).toContain(message);
  expect(readConfig(box)).toBe("output_format: text\n");
});

test("default_tags follow the tags that are given, each once", async () => {
  await using box = await makeProject("default_tags: [auto, x]\n");
  const made = await box.json<{ tags: string[] }>("p/main", "snapshot", "--tag", "x,y");
  expect(made.tags).toEqual(["x", "y", "auto"]);
});

test("UX-12: output_format json holds unless the words say otherwise, also for failures", async () => {
  await using box = await makeProject("output_format: json\n");
  expect(JSON.parse((await box.jvs("p/main", "status")).out)).toMatchObject({ worktree: "main" });
  expect((await box.jvs("p/main", "status", "--json=false")).out).toContain("Workspace ");
  const failed = await box.jvs("p/main", "restore", "nope");
  expect(failed.exit).toBe(1);
  expect(JSON.parse(failed.out)).toMatchObject({ error: { code: "E_NOT_FOUND" } });
});

test("the user's own file holds everywhere, the repository's wins", async () => {
  await using box = await makeProject();
  const set = await box.jvs(".", "config", "set", "default_tags", "[mine]", "--global");
  expect(set).toMatchObject({ exit: 0, err: "" });
  expect(readFileSync(box.path("home/.config/jvs/config.yaml"), "utf8")).toContain("mine");
  expect((await box.json<{ tags: string[] }>("p/main", "snapshot")).tags).toEqual(["mine"]);
  await box.jvs("p/main", "config", "set", "default_tags", "[ours]");
  expect((await box.json<{ tags: string[] }>("p/main", "snapshot")).tags).toEqual(["ours"]);
  expect((await box.jvs("p/main", "config", "get", "default_tags", "--global")).out).toBe(
    "- mine\n",
  );
  const elsewhere = { env: { XDG_CONFIG_HOME: box.path("xdg") } };
  mkdirSync(box.path("xdg"));
  const ran = await box.run("p/main", ["config", "show", "--global"], elsewhere);
  expect(ran.out).toContain(`# Location: ${box.path("xdg/jvs/config.yaml")}`);
});

test.each([
  ["output_format: [json\n", "line "],
  ["a: 1\n\toutput_format: json\n", "line 2"],
  ["# note\noutput_format: 7\n", "line 2: invalid output_format: 7"],
  ["default_tags: {a: 1}\n", "line 1: invalid default_tags"],
  ["- a\n- b\n", "it holds no `key: value` lines"],
])("CR-08: the broken file %j is named with its line, and nothing crashes", async (text, words) => {
  await using box = await makeProject(text);
  for (const argv of [
    ["snapshot"],
    ["status"],
    ["config", "show"],
    ["config", "set", "output_format", "text"],
  ]) {
    const ran = await box.jvs("p/main", ...argv);
    expect(ran, argv.join(" ")).toMatchObject({ exit: 1, out: "" });
    expect(ran.err).toContain(box.path("p/.jvs/config.yaml"));
    expect(ran.err).toContain(words);
  }
  expect(readConfig(box)).toBe(text);
  expect((await box.jvs("p/main", "snapshot", "--help")).exit).toBe(0);
});

test.each(["juicefs", "btrfs", "reflink"])(
  "the engine %s, as the older jvs called it",
  async (name) => {
    await using box = await makeProject();
    expect((await box.jvs("p/main", "config", "set", "default_engine", name)).exit).toBe(0);
    const said = await box.jvs("p/main", "snapshot", "one");
    const wanted = await box.run("p/main", ["snapshot", "one"], { env: { JVS_ENGINE: name } });
    expect([said.exit, said.err]).toEqual([wanted.exit, wanted.err]);
  },
);

test("undo takes a setting back, redo sets it again", async () => {
  await using box = await makeProject();
  await box.jvs("p/main", "snapshot", "first");
  await box.jvs("p/main", "config", "set", "default_tags", "[a]");
  expect((await box.jvs("p/main", "undo")).out).toContain("The setting default_tags is not set");
  expect((await box.jvs("p/main", "config", "get", "default_tags")).out).toBe("[]\n");
  expect((await box.jvs("p/main", "redo")).exit).toBe(0);
  expect((await box.jvs("p/main", "config", "get", "default_tags")).out).toBe("- a\n");
});

test("outside of a repository", async () => {
  await using box = makeSandbox();
  expect((await box.jvs(".", "config", "show")).exit).toBe(10);
  const help = await box.jvs(".", "config");
  expect(help.exit).toBe(0);
  expect(help.out).toContain("jvs config");
  rmSync(box.path("home"), { recursive: true });
  expect((await box.jvs(".", "config", "get", "output_format", "--global")).exit).toBe(0);
});
