import { expect, test } from "vitest";
import { done, keysOf, MAIN, openDesk } from "./open-desk.ts";

test("its words", async () => {
  await using desk = await openDesk();
  desk.write({ "a.txt": "a" });

  expect(await desk.jvs("snapshot", "first")).toEqual(done("Created snapshot <id1>"));
  expect(await desk.jvs("snapshot", "second", "--tag", "a", "--tag", "b,c")).toEqual(
    done("Created snapshot <id2>", "  Tags: a, b, c"),
  );
  expect(await desk.jvs("snapshot")).toEqual(done("Created snapshot <id3>"));
  expect(await desk.jvs("snapshot", "x", "--if-changed")).toEqual(
    done("Nothing to snapshot: the workspace is as in <short3>"),
  );
});

test("its JSON: keys in the order that scripts know, ours behind, empty ones absent", async () => {
  await using desk = await openDesk();
  desk.write({ "a.txt": "a" });
  const bare = await desk.jvs("snapshot", "--json");
  const full = await desk.jvs("snapshot", "note", "--tag", "t", "--meta", "k=v", "--json");

  const ours = [
    "format",
    "kind",
    "root_mode",
    "entries",
    "bytes",
    "stored_bytes",
    "losses",
    "audit_head",
  ];
  expect(keysOf(bare.out)).toEqual([
    ...["snapshot_id", "worktree_name", "created_at", "engine", "payload_root_hash"],
    ...["descriptor_checksum", "integrity_state", ...ours],
  ]);
  expect(keysOf(full.out)).toEqual([
    ...["snapshot_id", "parent_id", "worktree_name", "created_at", "note", "tags", "engine"],
    ...["payload_root_hash", "descriptor_checksum", "integrity_state", "format", "meta", "kind"],
    ...ours.slice(2),
  ]);
  expect(JSON.parse(full.out)).toMatchObject({
    snapshot_id: "<id2>",
    parent_id: "<id1>",
    worktree_name: "main",
    note: "note",
    tags: ["t"],
    meta: { k: "v" },
    integrity_state: "verified",
    losses: [],
    entries: 1,
    bytes: 1,
  });
  expect(full.out.match(/"snapshot_id"/g), "scripts count this key").toHaveLength(1);
});

test("tags split on commas, duplicates stay, and each is checked", async () => {
  await using desk = await openDesk();
  const tagsOf = async (...argv: string[]): Promise<unknown> =>
    JSON.parse((await desk.jvs("snapshot", ...argv, "--json")).out).tags;

  expect(await tagsOf("--tag", 'a,"b",a')).toEqual(["a", "b", "a"]);
  expect(await tagsOf("--tag", "")).toBeUndefined();
  expect(await desk.jvs("snapshot", "--tag", "a b")).toEqual({
    exit: 2,
    out: "",
    err: expect.stringMatching(
      /^jvs: invalid tag "a b": E_NAME_INVALID: tag must match \[a-zA-Z0-9\._-\]\+: a b\n/,
    ),
  });
});

test("notes: a word, a file, stdin", async () => {
  await using desk = await openDesk();
  desk.write({ "note.md": "verbatim \n" });
  const noteOf = async (argv: string[], input?: string): Promise<unknown> => {
    const options = input === undefined ? {} : { input };
    const { out } = await desk.box.run(MAIN, ["snapshot", ...argv, "--json"], options);
    return JSON.parse(out).note;
  };

  expect(await noteOf(["word"])).toBe("word");
  expect(await noteOf(["word", "-F", "note.md"]), "the file wins").toBe("verbatim \n");
  expect(await noteOf(["--file=note.md"])).toBe("verbatim \n");
  expect(await noteOf(["-"], "\r\n one\ntwo \r\n\n")).toBe("one\ntwo");
  expect(await noteOf(["-"], "")).toBeUndefined();
  expect(await noteOf(['<a> & \u00e9 \u{1f600} "q"'])).toBe('<a> & \u00e9 \u{1f600} "q"');
  for (const [file, why] of [
    ["/nope", "it is not there"],
    ["/", "it is a folder"],
  ] as const)
    expect((await desk.jvs("snapshot", "-F", file)).err).toMatch(
      new RegExp(`^jvs: Cannot read the note from "${file}": ${why}.*\\n  Name a file`),
    );
  const missing = await desk.jvs("snapshot", "-F", "nowhere.md");
  expect(missing).toEqual({ exit: 1, out: "", err: expect.stringContaining("nowhere.md") });
});

test("meta facts are checked", async () => {
  await using desk = await openDesk();
  for (const fact of ["novalue", "=x"]) {
    const { exit, out } = await desk.jvs("snapshot", "--meta", fact);
    expect({ exit, out }, fact).toEqual({ exit: 2, out: "" });
  }
});

test("on an older snapshot: refused, with the two ways on", async () => {
  await using desk = await openDesk();
  const first = await desk.save("one");
  desk.write({ "a.txt": "2" });
  await desk.save("two");
  await desk.jvs("restore", first);
  const advice = [
    "",
    "You are currently at snapshot '<id1>' (historical).",
    "To continue working from this point:",
    "  jvs worktree fork <short1> <new-worktree-name>",
    "Or return to the latest state:",
    "  jvs restore HEAD",
    "",
  ].join("\n");

  expect(await desk.jvs("snapshot", "three")).toEqual({
    exit: 1,
    out: advice,
    err: "jvs: cannot create snapshot in detached state\n",
  });
  const { exit, out, err } = await desk.jvs("snapshot", "three", "--json");
  expect({ exit, err }).toEqual({
    exit: 1,
    err: `jvs: cannot create snapshot in detached state\n${advice}`,
  });
  expect(JSON.parse(out)).toMatchObject({ error: { code: "E_DETACHED", status: 1 } });
});

test("words and flags that do not fit", async () => {
  await using desk = await openDesk();
  const said = async (...argv: string[]): Promise<string> => {
    const { exit, out, err } = await desk.jvs("snapshot", ...argv);
    expect({ exit, out }).toEqual({ exit: 2, out: "" });
    return err.split("\n")[0] ?? "";
  };

  expect(await said("a", "b")).toBe("accepts at most 1 arg(s), received 2");
  expect(await said("--x")).toBe("unknown flag: --x");
  expect(await said("-x")).toBe("unknown shorthand flag: 'x' in -x");
  expect(await said("--tag")).toBe("flag needs an argument: --tag");
  expect(await said("--if-changed=maybe")).toContain('invalid argument "maybe"');
});
