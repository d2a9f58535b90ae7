import { expect, test, vi } from "vitest";
import { JvsError } from "../../model/errors.ts";
import type { SnapshotReport } from "../../model/reports.ts";
import { takeSnapshot } from "../../operations/take-snapshot.ts";
import { runCli } from "../fake-io.suite.ts";
import { FIRST, makeDescriptor } from "../fake-reports.suite.ts";

vi.mock("../../operations/take-snapshot.ts", () => ({ takeSnapshot: vi.fn() }));

function reports(changes: Partial<SnapshotReport> = {}): void {
  const report = { descriptor: makeDescriptor(), unchanged: false, warnings: [], ...changes };
  vi.mocked(takeSnapshot).mockResolvedValue(report);
}

test("it says what was made", async () => {
  reports();
  expect(await runCli(["snapshot"])).toEqual({
    status: 0,
    out: `Created snapshot ${FIRST}\n`,
    err: "",
  });

  reports({ descriptor: makeDescriptor({ tags: ["a", "b"] }) });
  expect((await runCli(["snapshot"])).out).toBe(`Created snapshot ${FIRST}\n  Tags: a, b\n`);

  reports({ descriptor: makeDescriptor({ partial_paths: ["x", "y"] }) });
  expect((await runCli(["snapshot"])).out).toBe(`Created partial snapshot ${FIRST} (2 paths)\n`);
});

test("everything reaches the operation", async () => {
  reports();

  await runCli(
    ["snapshot", "-", "--tag", "a,b", "--meta", "k=v", "--if-changed", "--allow-unstable"],
    { readStdin: () => new TextEncoder().encode("from a pipe\n") },
  );

  expect(vi.mocked(takeSnapshot).mock.lastCall?.[1]).toEqual({
    note: "from a pipe",
    tags: ["a", "b"],
    meta: { k: "v" },
    ifChanged: true,
    allowUnstable: true,
  });
});

test("words behind -- are paths, and so are those of --paths", async () => {
  reports();

  await runCli(["snapshot", "note", "--paths", 'a,"b,c"', "--", "-d"]);

  expect(vi.mocked(takeSnapshot).mock.lastCall?.[1]).toMatchObject({
    note: "note",
    paths: { fromRoot: ["a", "b,c"], fromHere: ["-d"] },
  });
});

test("nothing new", async () => {
  reports({ unchanged: true, descriptor: makeDescriptor({ note: "first" }) });

  expect((await runCli(["snapshot", "--if-changed"])).out).toBe(
    'Nothing to snapshot: the workspace is as in 11111111 "first"\n',
  );
  expect(JSON.parse((await runCli(["snapshot", "--json"])).out)).toMatchObject({
    snapshot_id: FIRST,
    unchanged: true,
  });
});

test("what can never be held is a warning, what should have been is exit status 3", async () => {
  const socket = { path: "run/sock", kind: "socket", why: "a socket" } as const;
  const secret = { path: "secret", kind: "unreadable", why: "permission denied" } as const;
  reports({ descriptor: makeDescriptor({ losses: [socket] }) });
  expect(await runCli(["snapshot"])).toMatchInlineSnapshot(`
    {
      "err": "jvs: warning: the snapshot does not hold 1 path faithfully:
      run/sock: a socket
    ",
      "out": "Created snapshot 1767322985000-11111111
    ",
      "status": 0,
    }
  `);
  expect((await runCli(["snapshot", "-q"])).err).toBe("");

  reports({ descriptor: makeDescriptor({ losses: [socket, secret] }) });
  const partial = await runCli(["snapshot", "-q", "--json"]);
  expect(partial.status).toBe(3);
  expect(partial.err).toContain("  secret: permission denied\n");
  expect(JSON.parse(partial.out).losses).toHaveLength(2);
});

test("detached: refused, with the two ways to go on", async () => {
  vi.mocked(takeSnapshot).mockRejectedValue(
    new JvsError("cannot create snapshot in detached state", {
      code: "E_DETACHED",
      details: { snapshot_id: FIRST },
    }),
  );

  expect(await runCli(["snapshot"])).toMatchInlineSnapshot(`
    {
      "err": "jvs: cannot create snapshot in detached state
    ",
      "out": "
    You are currently at snapshot '1767322985000-11111111' (historical).
    To continue working from this point:
      jvs worktree fork 11111111 <new-worktree-name>
    Or return to the latest state:
      jvs restore HEAD
    ",
      "status": 1,
    }
  `);
  const json = await runCli(["snapshot", "--json"]);
  expect(JSON.parse(json.out).error).toMatchObject({ code: "E_DETACHED", status: 1 });
  expect(json.err).toContain("  jvs worktree fork 11111111 <new-worktree-name>\n");
});
