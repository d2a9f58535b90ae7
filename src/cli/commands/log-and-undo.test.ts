import { expect, test, vi } from "vitest";
import type { OperationRecord } from "../../model/operation.ts";
import type { UndoReport } from "../../model/reports.ts";
import { listOperations } from "../../operations/list-operations.ts";
import { redoOperation, undoOperation } from "../../operations/undo-operation.ts";
import { runCli } from "../fake-io.suite.ts";
import { COUNTS, FIRST, SECOND } from "../fake-reports.suite.ts";

vi.mock("../../operations/list-operations.ts", () => ({ listOperations: vi.fn() }));
vi.mock("../../operations/undo-operation.ts", () => ({
  redoOperation: vi.fn(),
  undoOperation: vi.fn(),
}));

const UNDONE: UndoReport = {
  seq: 7,
  operation: "restore",
  target: FIRST,
  timestamp: "2026-01-02T03:03:05Z",
  effect: "The workspace is as it was before",
  head: SECOND,
};

function makeRecord(changes: Partial<OperationRecord>): OperationRecord {
  return {
    seq: 1,
    event_id: "e",
    timestamp: "2026-01-02T03:03:05Z",
    operation: "snapshot",
    actor: { user: "ada", host: "engine", pid: 42 },
    target: FIRST,
    reason: "",
    refs: { "main/head": [null, FIRST] },
    prev_hash: "",
    record_hash: "",
    ...changes,
  };
}

test("undo says what it took back", async () => {
  vi.mocked(undoOperation).mockResolvedValue(UNDONE);

  expect((await runCli(["undo"])).out).toMatchInlineSnapshot(`
    "Undid restore 11111111 (operation 7 of 2026-01-02 03:03)
      The workspace is as it was before
    jvs redo takes this back.
    "
  `);
});

test("redo says what it did again, and where unsaved work went", async () => {
  const restore = {
    snapshot_id: FIRST,
    status: "restored",
    detached: false,
    at_latest: true,
    safety_snapshot: SECOND,
    counts: COUNTS,
    changes: [{ path: "a", type: "added", kind: "file" }],
    issues: [{ path: "a", kind: "kept", why: "it is in use" }],
  } as const;
  vi.mocked(redoOperation).mockResolvedValue({ ...UNDONE, restore });

  expect(await runCli(["redo"])).toMatchInlineSnapshot(`
    {
      "err": "jvs: warning: 1 path is not as in the snapshot:
      a: it is in use
    ",
      "out": "Redid restore 11111111 (operation 7 of 2026-01-02 03:03)
      The workspace is as it was before
      In the workspace: 2 added, 1 removed, 3 modified, 2 renamed, 2 with other metadata only
    Unsaved work is kept in safety snapshot 22222222; jvs undo brings it back.
    ",
      "status": 3,
    }
  `);
});

test("operations: the newest first, and what undo would take back", async () => {
  vi.mocked(listOperations).mockResolvedValue([
    makeRecord({
      seq: 4,
      operation: "undo",
      reason: `restore ${FIRST}`,
      refs: { "main/head": [FIRST, SECOND], undoes: [null, "3"] },
    }),
    makeRecord({ seq: 3, operation: "restore", target: SECOND }),
    makeRecord({ seq: 2, reason: "a note\nin lines" }),
    makeRecord({ operation: "init", target: "1119fda8", refs: {} }),
  ]);

  expect((await runCli(["ops", "-n", "0"])).out).toMatchInlineSnapshot(`
    "   4  2026-01-02 03:03  undo      11111111  restore 11111111
       3  2026-01-02 03:03  restore   22222222
       2  2026-01-02 03:03  snapshot  11111111  a note ...  <- jvs undo takes this back
       1  2026-01-02 03:03  init      1119fda8
    "
  `);
  expect(vi.mocked(listOperations).mock.lastCall?.[1]).toEqual({ limit: 0 });
  expect(JSON.parse((await runCli(["operations", "--json"])).out)).toHaveLength(4);
});

test("operations: an empty log", async () => {
  vi.mocked(listOperations).mockResolvedValue([]);

  expect((await runCli(["operations"])).out).toBe("No operations yet.\n");
});
