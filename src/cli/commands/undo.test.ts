import { expect, test, vi } from "vitest";
import type { UndoReport } from "../../model/reports.ts";
import { redoOperation, undoOperation } from "../../operations/undo-operation.ts";
import { runCli } from "../fake-io.suite.ts";
import { COUNTS, FIRST, SECOND } from "../fake-reports.suite.ts";

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
