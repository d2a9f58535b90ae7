import { randomBytes } from "node:crypto";
import {
  appendFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { codes, diagnose, edit, forge, makeThree, type Report } from "../doctor-box.ts";
import { makeSandbox, type Ran } from "../sandbox.ts";

test("IN-05: an edit in the log, a cut end, a cut beginning: each shows", async () => {
  const { box, jvs } = await makeThree();
  await using _ = box;
  const path = join(jvs, "audit/audit.jsonl");
  const whole = readFileSync(path, "utf8");
  const lines = whole.trimEnd().split("\n");
  const after = async (text: string): Promise<Report> => {
    writeFileSync(path, text);
    const report = await diagnose(box);
    expect(report.healthy).toBe(false);
    expect(report.exit).toBe(12);
    expect(report.findings.some(({ error_code }) => error_code === "E_AUDIT_CHAIN_BROKEN")).toBe(
      true,
    );
    return report;
  };

  expect(codes(await after(whole.replace('"two"', '"owt"')))).toEqual(["log-altered"]);
  expect(codes(await after(`${lines.slice(0, -1).join("\n")}\n`))).toContain("log-lacks-snapshot");
  expect(codes(await after(`${lines.slice(0, -2).join("\n")}\n`))).toContain("log-lacks-head");
  expect(codes(await after(`${lines.slice(1).join("\n")}\n`))).toContain("log-cut-head");
  const gap = [...lines.slice(0, 1), ...lines.slice(2)];
  expect(codes(await after(`${gap.join("\n")}\n`))).toContain("log-gap");
  expect(codes(await after(whole.replace(lines[1] ?? "", "garbage")))).toContain("log-garbled");
  expect(codes(await after(""))).toContain("log-empty");
  writeFileSync(path, whole);
  expect((await diagnose(box)).healthy).toBe(true);
});

test("IN-05: the last line shows when it is gone or altered, whatever it tells of", async () => {
  const { box, ids, jvs } = await makeThree();
  await using _ = box;
  const path = join(jvs, "audit/audit.jsonl");
  const [one = ""] = ids;
  for (const argv of [
    ["pin", "add", one, "--reason", "keep"],
    ["tag", "add", one, "x"],
    ["note", "edit", one, "another"],
    ["pin", "remove", one],
    ["config", "set", "progress_enabled", "false"],
    ["undo"],
  ]) {
    expect((await box.jvs("w", ...argv)).exit, argv.join(" ")).toBe(0);
    expect(await diagnose(box), argv.join(" ")).toMatchObject({ healthy: true, findings: [] });
    const whole = readFileSync(path, "utf8");
    const end = whole.trimEnd().lastIndexOf("\n") + 1;
    for (const text of [
      whole.slice(0, end),
      `${whole.slice(0, end)}garbage\n`,
      `${whole.slice(0, end)}${whole.slice(end).replace('"seq":', '"seq":1')}`,
      whole.slice(0, -40),
    ]) {
      writeFileSync(path, text);
      const report = await diagnose(box);
      expect(report.exit, argv.join(" ")).toBe(12);
      expect(report.findings.map(({ code }) => code)).toEqual(
        expect.arrayContaining([expect.stringMatching(/^log-(end-missing|garbled|altered)$/)]),
      );
    }
    writeFileSync(path, whole);
  }
  const head = join(jvs, "audit/head");
  const whole = readFileSync(head, "utf8");
  writeFileSync(
    head,
    whole.replace(/^./, (digit) => (digit === "0" ? "1" : "0")),
  );
  expect(codes(await diagnose(box))).toEqual(["log-end-missing"]);
  rmSync(head);
  expect(codes(await diagnose(box))).toEqual(["log-head-missing"]);
  await box.jvs("w", "redo");
  expect(await diagnose(box)).toMatchObject({ healthy: true, findings: [] });
});

test("IN-11: missing parent, circle, orphan head, unreadable record are each reported", async () => {
  const { box, ids, jvs } = await makeThree();
  await using _ = box;
  const [one = "", two = "", three = ""] = ids;
  const pathOf = (id: string): string => join(jvs, "descriptors", `${id}.json`);
  const [first, second, third] = [one, two, three].map((id) => readFileSync(pathOf(id)));

  rmSync(pathOf(one));
  expect(await diagnose(box)).toMatchObject({ exit: 12, healthy: false });
  expect(codes(await diagnose(box))).toContain("parent-missing");
  writeFileSync(pathOf(one), first ?? "");

  forge(pathOf(one), (record) => {
    record.parent_id = two;
  });
  expect(codes(await diagnose(box))).toContain("lineage-circle");
  writeFileSync(pathOf(one), first ?? "");

  rmSync(pathOf(three));
  const orphan = await diagnose(box);
  expect(orphan.findings).toContainEqual(
    expect.objectContaining({ category: "worktree", severity: "warning", code: "head-missing" }),
  );
  expect(orphan.exit).toBe(12);
  writeFileSync(pathOf(three), third ?? "");

  writeFileSync(pathOf(two), "{");
  expect(codes(await diagnose(box))).toEqual(["descriptor-damaged", "parent-missing"]);
  writeFileSync(pathOf(two), second ?? "");
  expect((await diagnose(box)).healthy).toBe(true);
});

test("DL-15: a garbled record of a worktree is reported, one that was edited too", async () => {
  const { box, ids, jvs } = await makeThree();
  await using _ = box;
  const path = join(jvs, "worktrees/main.json");
  const whole = readFileSync(path);
  writeFileSync(path, "not JSON");
  const garbled = await diagnose(box);
  expect(garbled).toMatchObject({ healthy: false, exit: 12 });
  expect(codes(garbled)).toContain("worktree-unreadable");

  writeFileSync(path, whole);
  edit(path, (record) => {
    record.head_snapshot_id = ids[0];
  });
  expect(codes(await diagnose(box))).toContain("log-disagrees");
});

test("a missing workspace folder, a missing folder of .jvs, a foreign file", async () => {
  await using box = makeSandbox();
  await box.jvs(".", "init", "p");
  await box.jvs("p/main", "snapshot", "one");
  rmSync(box.path("p/main"), { recursive: true });
  rmSync(box.path("p/.jvs/pins"), { recursive: true });
  writeFileSync(box.path("p/.jvs/notes.txt"), "mine");

  const { exit, out } = await box.jvs("p", "doctor", "--json");
  expect(exit).toBe(12);
  const found = (JSON.parse(out) as Report).findings;
  expect(found.map(({ code, severity }) => [code, severity])).toEqual([
    ["missing-folder", "warning"],
    ["stray", "info"],
    ["worktree-folder-missing", "error"],
  ]);
  expect(found.at(-1)?.cure, "main can never be removed").not.toContain("remove main");
  await box.jvs("p", "doctor", "--repair");
  expect(existsSync(box.path("p/.jvs/pins"))).toBe(true);
  expect(readFileSync(box.path("p/.jvs/notes.txt"), "utf8")).toBe("mine");
});

test("another format, a garbled version, a garbled repo.json: said, nothing touched", async () => {
  const { box, jvs } = await makeThree();
  await using _ = box;
  writeFileSync(join(jvs, "format_version"), "3\n");
  const before = box.fingerprint("w/.jvs");
  const newer = await diagnose(box, "--repair");
  expect(newer).toMatchObject({ exit: 12, healthy: false });
  expect(newer.findings).toMatchObject([
    { category: "format", severity: "critical", error_code: "E_FORMAT_UNSUPPORTED" },
  ]);
  expect(box.fingerprint("w/.jvs")).toEqual(before);
  writeFileSync(join(jvs, "format_version"), "two\n");
  expect(codes(await diagnose(box))).toEqual(["no-version"]);
  writeFileSync(join(jvs, "format_version"), "2\n");
  writeFileSync(join(jvs, "repo.json"), "{}");
  expect(codes(await diagnose(box))).toContain("repo-garbled");
});

test("CR-02: a killed snapshot leaves a warning, --repair-runtime clears it and says so", async () => {
  const { box, jvs } = await makeThree();
  await using _ = box;
  box.write({ "w/new.bin": randomBytes(100_000) });
  await box.run("w", ["snapshot", "four"], { failPoint: "step-9" });

  const { exit, out } = await box.jvs("w", "doctor");
  expect(exit).toBe(0);
  expect(out).toContain("[warning] intent: ");
  expect(out).toContain("[warning] tmp: ");
  const cleaned = await box.jvs("w", "doctor", "--repair-runtime");
  expect(cleaned.out).toBe(
    [
      "Repair clean_tmp: cleaned 1 tmp files/directories",
      "Repair clean_intents: cleaned 1 orphan intent files",
      "Repository is healthy.\n",
    ].join("\n"),
  );
  expect(readdirSync(join(jvs, "drafts"))).toEqual([]);
  expect(readdirSync(join(jvs, "intents"))).toEqual([]);
});

test("a snapshot killed after it was published is finished, not thrown away", async () => {
  const { box } = await makeThree();
  await using _ = box;
  box.write({ "w/a.txt": "four\n" });
  await box.run("w", ["snapshot", "four"], { failPoint: "after-publish" });

  await box.jvs("w", "doctor", "--repair-runtime");
  expect(await diagnose(box, "--strict")).toMatchObject({ healthy: true, findings: [] });
  expect((await box.jvs("w", "history")).out).toContain("four");
});

test("CC-02: what a living snapshot is at is no finding, and no repair touches it", async () => {
  await using box = makeSandbox({ "w/a": "1" });
  await box.jvs("w", "init");
  for (let file = 0; file < 40; file++) box.write({ [`w/f${file}`]: randomBytes(4_000_000) });
  const running = box.start("w", ["snapshot", "busy"]);
  const seen: Ran[] = [];
  let isRunning = true;
  void running.ended.finally(() => {
    isRunning = false;
  });
  while (isRunning && seen.length < 50) seen.push(await box.jvs("w", "doctor", "--repair-runtime"));

  expect((await running.ended).exit).toBe(0);
  for (const { exit, out } of seen) {
    expect(out).toContain("cleaned 0 tmp files/directories");
    expect(exit).toBe(0);
  }
  expect(await diagnose(box, "--strict")).toMatchObject({ healthy: true, findings: [] });
  expect(await box.json<object[]>("w", "history")).toHaveLength(1);
});

test("a lock file that names a dead process; a torn end of the log; a clock that went back", async () => {
  const { box, ids, jvs } = await makeThree();
  await using _ = box;
  const holder = {
    user: "ada",
    host: "h",
    boot_id: "",
    pid: 1,
    process_start: "",
    command: "x",
    since: "2026-01-01T00:00:00Z",
  };
  writeFileSync(join(jvs, "locks/worktree.main.lock"), `${JSON.stringify(holder)}\n`);
  appendFileSync(join(jvs, "audit/audit.jsonl"), '{"seq":9');
  forge(join(jvs, "descriptors", `${ids[2]}.json`), (record) => {
    record.created_at = new Date(Date.now() + 3_600_000).toISOString();
  });

  const report = await diagnose(box);
  expect(codes(report)).toEqual(["log-torn", "lock-left", "clock-behind"]);
  expect(codes(await diagnose(box, "--repair"))).not.toContain("lock-left");
});

test("broken settings, which stop every other command; a lost generation of the store", async () => {
  const { box, jvs } = await makeThree();
  await using _ = box;
  writeFileSync(join(jvs, "config.yaml"), "default_engine: [oops\n");
  await box.jvs("w", "gc", "--now");
  writeFileSync(join(jvs, "gc/generation"), "12\n");

  expect(codes(await diagnose(box)).sort()).toEqual(["config-broken", "generation-damaged"]);
  rmSync(join(jvs, "config.yaml"));
  expect(await diagnose(box, "--repair")).toMatchObject({ healthy: true, findings: [] });
});

test("a record that claims a folder of somebody else: named, and the rest goes on", async () => {
  const { box, jvs } = await makeThree();
  await using _ = box;
  await box.jvs("w", "fork", "f1");
  box.write({ "else/where": "theirs\n" });
  const path = join(jvs, "worktrees/f1.json");
  edit(path, (record) => {
    record.path = box.path("else");
  });
  const before = box.fingerprint("else");

  for (const argv of [[], ["--strict"], ["--repair"], ["--repair-runtime"]]) {
    const report = await diagnose(box, ...argv);
    expect(report.exit).toBe(12);
    expect(report.findings).toContainEqual(
      expect.objectContaining({ code: "worktree-folder-not-own", path: ".jvs/worktrees/f1.json" }),
    );
  }
  const { exit, out, err } = await box.jvs("w", "worktree", "list");
  expect(exit).toBe(0);
  expect(out).toMatch(/^f1 .*\n(.*\n)*main /m);
  expect(err).toContain("does not belong to this repository");
  expect(box.fingerprint("else")).toEqual(before);
});
