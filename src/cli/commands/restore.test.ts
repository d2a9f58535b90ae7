import { expect, test, vi } from "vitest";
import type { RestoreReport } from "../../model/reports.ts";
import { restoreSnapshot } from "../../operations/restore-snapshot.ts";
import { runCli } from "../fake-io.suite.ts";
import { CHANGES, COUNTS, FIRST, NO_COUNTS, SECOND } from "../fake-reports.suite.ts";

vi.mock("../../operations/restore-snapshot.ts", () => ({ restoreSnapshot: vi.fn() }));

const REPORT: RestoreReport = {
  snapshot_id: FIRST,
  status: "restored",
  detached: true,
  at_latest: false,
  safety_snapshot: SECOND,
  counts: COUNTS,
  changes: CHANGES,
  issues: [],
};

function reports(changes: Partial<RestoreReport> = {}): void {
  vi.mocked(restoreSnapshot).mockResolvedValue({ ...REPORT, ...changes });
}

test("an older snapshot: detached, and unsaved work is kept", async () => {
  reports();

  expect(await runCli(["restore", "v1"])).toEqual({
    status: 0,
    out: [
      "",
      `Restored to snapshot ${FIRST}`,
      "Worktree is now in DETACHED state.",
      "To continue working from here: jvs worktree fork <name>",
      "To return to latest: jvs restore HEAD",
      "Unsaved work is kept in safety snapshot 22222222; jvs undo brings it back.",
      "",
    ].join("\n"),
    err: "",
  });
});

test("the newest, by HEAD and by name", async () => {
  reports({ detached: false, at_latest: true, safety_snapshot: null });

  expect((await runCli(["restore", "HEAD"])).out).toBe(
    `Restored to latest snapshot ${FIRST}\nWorktree is now at HEAD state.\n`,
  );
  expect((await runCli(["restore", "11111111"])).out).toBe(
    `\nRestored to snapshot ${FIRST}\nWorktree is now at HEAD state.\n`,
  );
});

test("single paths", async () => {
  reports({ detached: false, partial_paths: ["src"], safety_snapshot: null });
  const { out } = await runCli(["restore", "HEAD", "--discard", "--", "src", "*.md"]);
  expect(out).toBe(
    `Restored 10 paths from snapshot ${FIRST}: 2 added, 1 removed, 3 modified, 2 renamed, 2 with other metadata only\n`,
  );
  expect(vi.mocked(restoreSnapshot).mock.lastCall?.[1]).toEqual({
    ref: "HEAD",
    paths: ["src", "*.md"],
    dryRun: false,
    discard: true,
  });

  reports({ changes: [], counts: NO_COUNTS, safety_snapshot: null });
  expect((await runCli(["restore", "HEAD", "--", "src"])).out).toBe(
    `Nothing to restore: these paths are as in snapshot ${FIRST}\n`,
  );
});

test("--dry-run shows the plan", async () => {
  reports({ status: "planned", changes: CHANGES.slice(0, 3), counts: { ...COUNTS, modified: 0 } });

  expect((await runCli(["restore", "v1", "--dry-run"])).out).toMatchInlineSnapshot(`
    "Restoring 11111111 would change in the workspace: 2 added, 1 removed, 2 renamed, 2 with other metadata only

    + b/new.txt
    + empty/
    - gone

    Nothing was changed
    "
  `);
});

test("what could not be done is named, with exit status 3, also with --json", async () => {
  reports({
    issues: [
      { path: "a", kind: "conflict", why: "it was edited meanwhile", kept_as: "a.kept" },
      { path: "b", kind: "degraded", why: "its owner was refused" },
    ],
  });

  const { status, err } = await runCli(["restore", "v1", "-q"]);
  const json = await runCli(["restore", "v1", "--json"]);

  expect({ status, err }).toMatchInlineSnapshot(`
    {
      "err": "jvs: warning: 1 path is not as in the snapshot:
      a: it was edited meanwhile (the edited file is kept as a.kept)
    jvs: warning: 1 path is without an attribute:
      b: its owner was refused
    ",
      "status": 3,
    }
  `);
  expect(json.status).toBe(3);
  expect(Object.keys(JSON.parse(json.out)).slice(0, 3)).toEqual([
    "detached",
    "snapshot_id",
    "status",
  ]);
  expect(JSON.parse(json.out)).toMatchObject({ detached: true, status: "restored" });
});

test("a lost attribute is only a warning", async () => {
  reports({ issues: [{ path: "b", kind: "degraded", why: "its owner was refused" }] });

  expect((await runCli(["restore", "v1"])).status).toBe(0);
  expect((await runCli(["restore", "v1", "-q"])).err).toBe("");
});
