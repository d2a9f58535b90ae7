import { expect, test, vi } from "vitest";
import type { OperationRecord } from "../../model/operation.ts";
import { listOperations } from "../../operations/list-operations.ts";
import { runCli } from "../fake-io.suite.ts";
import { FIRST, SECOND } from "../fake-reports.suite.ts";

vi.mock("../../operations/list-operations.ts", () => ({ listOperations: vi.fn() }));

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

test("the newest first, and what undo would take back", async () => {
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

test("an empty log", async () => {
  vi.mocked(listOperations).mockResolvedValue([]);

  expect((await runCli(["operations"])).out).toBe("No operations yet.\n");
});
