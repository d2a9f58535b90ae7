import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { makeSandbox, type Sandbox } from "../sandbox.ts";

/** Snapshots "fix one" (tag v1), "fix two", "other". */
async function makeProject(): Promise<{ box: Sandbox; ids: string[] }> {
  const box = makeSandbox();
  await box.jvs(".", "init", "p");
  const ids: string[] = [];
  for (const [note, tag] of [
    ["fix one", "v1"],
    ["fix two", ""],
    ["other", ""],
  ] as const) {
    box.write({ "p/main/a": note });
    const made = await box.json<{ snapshot_id: string }>("p/main", "snapshot", note, "--tag", tag);
    ids.push(made.snapshot_id);
  }
  return { box, ids };
}

function content(box: Sandbox): string {
  return readFileSync(box.path("p/main/a"), "utf8");
}

test("UX-14: piped answers choose and confirm", async () => {
  const { box, ids } = await makeProject();
  await using _ = box;
  const ran = await box.run("p/main", ["restore", "-i", "fix"], { input: "2\ny\n" });
  expect(ran.exit).toBe(0);
  expect(ran.out).toContain("Matching snapshots:\n> 1. ");
  expect(ran.out).toMatch(
    /> 1\. [0-9a-f]{8} fix two\n {5}\S+ \S+ {2}by note\n {2}2\. [0-9a-f]{8} fix one \[v1\]\n/,
  );
  expect(ran.out).toContain("Select snapshot to restore [1-2]: ");
  expect(ran.out).toContain(`Restore to ${ids[0]?.slice(14)}? (fix one) [y/N]: `);
  expect(ran.out).toContain(`Restored to snapshot ${ids[0]}\n`);
  expect(content(box)).toBe("fix one");
});

test.each(["", "0\n", "3\n", "x\n", "1\n", "1\nn\n", "1\n\n", "-1\ny\n", "1.5\ny\n"])(
  "the answers %j cancel",
  async (input) => {
    const { box } = await makeProject();
    await using _ = box;
    const ran = await box.run("p/main", ["restore", "--interactive", "fix"], { input });
    expect(ran.exit).toBe(0);
    expect(ran.out).toMatch(/Restore cancelled\.\n$/);
    expect(content(box)).toBe("other");
    expect(await box.json("p/main", "status")).toMatchObject({ detached: false });
  },
);

test("one match that fits well is only confirmed; so is an exact id and HEAD~1", async () => {
  const { box, ids } = await makeProject();
  await using _ = box;
  for (const ref of ["v1", ids[0] ?? "", "HEAD~2"]) {
    const ran = await box.run("p/main", ["restore", "-i", ref], { input: "Y\n" });
    expect(ran.out, ref).not.toContain("Matching snapshots:");
    expect(ran.out, ref).toContain(`Restored to snapshot ${ids[0]}`);
    await box.jvs("p/main", "restore", "HEAD");
  }
});

test("a single weak match is listed", async () => {
  const { box } = await makeProject();
  await using _ = box;
  const ran = await box.run("p/main", ["restore", "-i", "the"], { input: "1\ny\n" });
  expect(ran.out).toContain("Select snapshot to restore [1-1]: ");
  expect(ran.out).toContain("Restored to snapshot");
});

test("nothing is asked for HEAD, nor with --json", async () => {
  const { box, ids } = await makeProject();
  await using _ = box;
  await box.jvs("p/main", "restore", "v1");
  const head = await box.run("p/main", ["restore", "-i", "HEAD"]);
  expect(head.out).toBe(`Restored to latest snapshot ${ids[2]}\nWorktree is now at HEAD state.\n`);
  const json = await box.run("p/main", ["restore", "-i", "v1", "--json"]);
  expect(JSON.parse(json.out)).toMatchObject({ snapshot_id: ids[0], status: "restored" });
  await box.jvs("p/main", "config", "set", "output_format", "json");
  const asked = await box.run("p/main", ["restore", "-i", "HEAD~0"]);
  expect(JSON.parse(asked.out)).toMatchObject({ status: "restored" });
});

test("what fits nothing is not found", async () => {
  const { box } = await makeProject();
  await using _ = box;
  const ran = await box.run("p/main", ["restore", "-i", "zzz"], { input: "1\ny\n" });
  expect(ran.exit).toBe(1);
  expect(ran.err).toContain("snapshot 'zzz' not found");
});
