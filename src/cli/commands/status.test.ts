import { expect, test, vi } from "vitest";
import type { StatusReport } from "../../model/reports.ts";
import { readStatus } from "../../operations/read-status.ts";
import { runCli } from "../fake-io.suite.ts";
import { CHANGES, COUNTS, FIRST, NO_COUNTS, SECOND } from "../fake-reports.suite.ts";

vi.mock("../../operations/read-status.ts", () => ({ readStatus: vi.fn() }));

const HEAD = { snapshot_id: FIRST, created_at: "2026-01-02T03:03:05Z", note: "first", tags: [] };
const CHANGED: StatusReport = {
  repo_root: "/here",
  worktree: "main",
  workspace: "/here",
  head: HEAD,
  latest_snapshot_id: FIRST,
  detached: false,
  clean: false,
  changes: CHANGES,
  counts: COUNTS,
  ignored: 3,
  losses: [{ path: "run/sock", kind: "socket", why: "a socket" }],
};
const CLEAN: StatusReport = {
  ...CHANGED,
  clean: true,
  changes: [],
  counts: NO_COUNTS,
  ignored: 0,
  losses: [],
};

function reports(report: StatusReport): void {
  vi.mocked(readStatus).mockResolvedValue(report);
}

test("what changed, one line a path", async () => {
  reports(CHANGED);

  expect(await runCli(["status"])).toMatchInlineSnapshot(`
    {
      "err": "",
      "out": "Workspace /here against 11111111 "first"

    + b/new.txt
    + empty/
    - gone
    ~ a.txt (1.2 KB -> 1.4 KB)
    ~ same-size
    ~ spot (directory -> file)
    > from -> to
    > x1 -> x2 (and edited)
    = run.sh (mode 0644 -> 4755, owner)
    = touched (time only)

    2 added, 1 removed, 3 modified, 2 renamed, 2 with other metadata only; 2.6 KB of new content; 3 paths ignored

    A snapshot would not hold faithfully:
      run/sock: a socket
    Next: jvs snapshot "what changed" saves this, jvs diff --patch shows it, jvs restore HEAD drops it
    ",
      "status": 0,
    }
  `);
});

test("nothing to do", async () => {
  reports(CLEAN);

  expect((await runCli(["st"])).out).toMatchInlineSnapshot(`
    "Nothing to snapshot: the workspace is as in 11111111 "first"
    Next: jvs history lists what there is to go back to
    "
  `);
  expect((await runCli(["st", "-q"])).out).toBe(
    'Nothing to snapshot: the workspace is as in 11111111 "first"\n',
  );
});

test("on an older snapshot", async () => {
  reports({ ...CLEAN, detached: true, latest_snapshot_id: SECOND });

  expect((await runCli(["status"])).out).toMatchInlineSnapshot(`
    "Nothing to snapshot: the workspace is as in 11111111 "first"
    Detached: there is a newer snapshot, 22222222
    Next: jvs restore HEAD goes back to the newest snapshot
    "
  `);
});

test("before the first snapshot", async () => {
  reports({ ...CLEAN, clean: false, head: null, latest_snapshot_id: null });

  expect((await runCli(["status"])).out).toMatchInlineSnapshot(`
    "Workspace /here: no snapshot yet
    It is empty.
    Next: add files, then jvs snapshot
    "
  `);
});

test("a terminal gets the first fifty of a kind, unless all are asked for", async () => {
  const changes = Array.from({ length: 60 }, (_, at) => ({
    path: `file${at}`,
    type: "added" as const,
    kind: "file" as const,
  }));
  reports({ ...CHANGED, changes, counts: { ...NO_COUNTS, added: 60 }, losses: [] });
  const onTerminal = { outIsTerminal: true, noColor: true };

  const { out } = await runCli(["status"], onTerminal);

  expect(out.match(/^\+ /gm)).toHaveLength(50);
  expect(out).toContain("+ file49\n  ... and 10 more added (jvs status --all / --json)\n");
  expect((await runCli(["status", "--all"], onTerminal)).out.match(/^\+ /gm)).toHaveLength(60);
  expect((await runCli(["status"])).out.match(/^\+ /gm)).toHaveLength(60);
});

test("colour is for terminals, and only where nobody objects", async () => {
  reports(CHANGED);
  const green = "\u001b[32m+ b/new.txt\u001b[0m";

  expect((await runCli(["status"], { outIsTerminal: true })).out).toContain(green);
  expect((await runCli(["status"])).out).not.toContain("\u001b");
  for (const words of [
    ["status", "--no-color"],
    ["--no-color", "status"],
  ])
    expect((await runCli(words, { outIsTerminal: true })).out).not.toContain("\u001b");
});

test("--json is the report itself", async () => {
  reports(CHANGED);

  const { out } = await runCli(["status", "--json"]);

  expect(JSON.parse(out)).toEqual(CHANGED);
  expect(out).toMatch(/^\{\n {2}"repo_root": "\/here",\n/);
});
