import { expect, test, vi } from "vitest";
import type { HistoryReport } from "../../model/reports.ts";
import { listHistory } from "../../operations/list-history.ts";
import { runCli } from "../fake-io.suite.ts";
import { FIRST, makeDescriptor, SECOND } from "../fake-reports.suite.ts";

vi.mock("../../operations/list-history.ts", () => ({ listHistory: vi.fn() }));

const SNAPSHOTS = [
  makeDescriptor({
    snapshot_id: SECOND,
    parent_id: FIRST,
    note: "line one\nline two",
    tags: ["v1", "rel"],
    created_at: "2026-01-02T23:59:59.999Z",
  }),
  makeDescriptor(),
];
const REPORT: HistoryReport = {
  snapshots: SNAPSHOTS,
  total: 2,
  head: SECOND,
  latest: SECOND,
  detached: false,
  warnings: [],
};

function reports(changes: Partial<HistoryReport> = {}): void {
  vi.mocked(listHistory).mockResolvedValue({ ...REPORT, ...changes });
}

test("the newest first, with where the workspace stands", async () => {
  reports();

  expect((await runCli(["history"])).out).toBe(
    [
      "22222222  2026-01-02 23:59  line one ...  [v1,rel]  [HEAD]",
      "◄── you are here (HEAD)",
      "11111111  2026-01-02 03:03  (no note)",
      "",
    ].join("\n"),
  );
});

test("detached: the walk starts below the newest", async () => {
  reports({ snapshots: SNAPSHOTS.slice(1), head: FIRST, detached: true });

  expect((await runCli(["log"])).out).toBe(
    "11111111  2026-01-02 03:03  (no note)\n◄── you are here (detached)\n",
  );
});

test("--all marks no HEAD, but where a detached workspace stands", async () => {
  reports();
  expect((await runCli(["history", "--all"])).out).not.toContain("HEAD");

  reports({ head: FIRST, detached: true });
  expect((await runCli(["history", "--all"])).out).toMatch(/\(no note\)\n◄── .* \(detached\)\n$/);
});

test("nothing saved, and nothing found", async () => {
  reports({ snapshots: [], total: 0, head: null, latest: null });
  expect((await runCli(["history"])).out).toBe("No snapshots yet.\n");
  expect((await runCli(["history", "--json"])).out).toBe("[]\n");

  reports({ snapshots: [] });
  expect((await runCli(["history", "--tag", "x"])).out).toBe("No snapshots found.\n");
});

test("snapshots that nobody took by hand say so", async () => {
  reports({ snapshots: [makeDescriptor({ kind: "safety" })] });

  expect((await runCli(["history", "--kind", "safety"])).out).toBe(
    "11111111  2026-01-02 03:03  (no note)  (safety)\n",
  );
});

test("the filters reach the operation", async () => {
  reports();

  await runCli(["history", "-n1", "-g", "rewrite", "--tag=v1", "--all", "--kind", "auto"]);
  expect(vi.mocked(listHistory).mock.lastCall?.[1]).toEqual({
    limit: 1,
    grep: "rewrite",
    tag: "v1",
    all: true,
    kind: "auto",
  });

  await runCli(["history"]);
  expect(vi.mocked(listHistory).mock.lastCall?.[1]).toEqual({ limit: 0, all: false });
});

test("--json gives snapshot objects with the known keys first", async () => {
  reports();

  const list = JSON.parse((await runCli(["history", "--json"])).out);

  expect(Object.keys(list[0])).toEqual([
    "snapshot_id",
    "parent_id",
    "worktree_name",
    "created_at",
    "note",
    "tags",
    "engine",
    "payload_root_hash",
    "descriptor_checksum",
    "integrity_state",
    "format",
    "kind",
    "root_mode",
    "entries",
    "bytes",
    "stored_bytes",
    "losses",
    "audit_head",
  ]);
  expect(list[1]).not.toHaveProperty("note");
});

test("what could not be read is named on stderr", async () => {
  reports({ warnings: ["Snapshot x cannot be read: y"] });

  expect((await runCli(["history"])).err).toBe("jvs: warning: Snapshot x cannot be read: y\n");
});
