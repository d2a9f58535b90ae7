import { expect, test } from "vitest";
import type { OperationRecord, RefMove } from "../model/operation.ts";
import { findRedo, findUndo } from "./undo-stack.ts";

/** A log, oldest first; `seq` counts from 1. */
function makeLog(
  ...records: readonly (readonly [operation: string, refs: Record<string, RefMove>])[]
): () => Iterable<OperationRecord> {
  const log = records.map(([operation, refs], index) => {
    const more = { event_id: "", timestamp: "", target: "", reason: "", prev_hash: "" };
    return { seq: index + 1, operation, refs, ...more } as unknown as OperationRecord;
  });
  return () => log.toReversed();
}

const SNAPSHOT: Record<string, RefMove> = { "main/head": [null, "s"] };
const FORK: Record<string, RefMove> = { "main/worktrees": [null, "f"], "f/head": [null, "s"] };
const SAVED_IN_F: Record<string, RefMove> = { "f/head": ["s", "t"] };
const REMOVE: Record<string, RefMove> = { "main/worktrees": ["f", null], "f/head": ["t", null] };

function about(refs: Record<string, RefMove>, seq: number): Record<string, RefMove> {
  return { ...refs, undoes: [null, String(seq)] };
}

test("a fork is taken back from where it was made, not from within", () => {
  const log = makeLog(["snapshot", SNAPSHOT], ["fork", FORK]);
  expect(findUndo(log, "main")?.seq).toBe(2);
  expect(findUndo(log, "f")).toBeUndefined();
});

test("a fork is a wall: what an older one of its name did stays", () => {
  const log = makeLog(
    ["fork", FORK],
    ["snapshot", SAVED_IN_F],
    ["worktree-remove", REMOVE],
    ["fork", FORK],
  );
  expect(findUndo(log, "f")).toBeUndefined();
});

test("a worktree that was brought back goes on where it was", () => {
  const log = makeLog(
    ["fork", FORK],
    ["snapshot", SAVED_IN_F],
    ["worktree-remove", REMOVE],
    ["undo", about(FORK, 3)],
  );
  expect(findUndo(log, "f")?.seq).toBe(2);
  expect(findUndo(log, "main")?.seq).toBe(1);
  expect(findRedo(log, "main")?.seq).toBe(3);
  // To redo the removal from within would be to remove the folder one stands in.
  expect(findRedo(log, "f")).toBeUndefined();
});

test("redo answers the newest undo", () => {
  const log = makeLog(
    ["fork", FORK],
    ["worktree-remove", REMOVE],
    ["undo", about(FORK, 2)],
    ["undo", about(REMOVE, 1)],
  );
  expect(findRedo(log, "main")?.seq).toBe(1);
  expect(findUndo(log, "main")).toBeUndefined();
});
