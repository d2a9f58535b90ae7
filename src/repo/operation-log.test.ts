import {
  appendFileSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import type { OperationRecord } from "../model/operation.ts";
import { hashOperation } from "./log-record.ts";
import {
  appendOperation,
  hasOperation,
  logHead,
  type NewOperation,
  readOperationsBackwards,
  syncLog,
} from "./operation-log.ts";
import type { Repo } from "./repo.ts";
import { ACTOR, makeScratchRepo, NOW, startProcess } from "./scratch-repo.suite.ts";

function operation(reason: string, event_id?: string): NewOperation {
  return {
    operation: "snapshot",
    actor: ACTOR,
    target: "1-a",
    reason,
    refs: { "main/head": [null, "1-a"] },
    now: NOW,
    ...(event_id === undefined ? {} : { event_id }),
  };
}

/** Oldest first. */
function readAll(repo: Repo): OperationRecord[] {
  return [...readOperationsBackwards(repo)].reverse();
}

/** That each record is as it was sealed, and follows the one before it. */
function expectChain(records: readonly OperationRecord[]): void {
  let prev_hash = "";
  for (const [at, record] of records.entries()) {
    expect(record).toMatchObject({ seq: at + 1, prev_hash, record_hash: hashOperation(record) });
    prev_hash = record.record_hash;
  }
}

test("an empty log has no head and no operations", () => {
  using box = makeScratchRepo();

  expect(logHead(box.repo)).toBe("");
  expect(readAll(box.repo)).toEqual([]);
  expect(hasOperation(box.repo, "a")).toBe(false);
  syncLog(box.repo);
});

test("chains what is appended, one line each", () => {
  using box = makeScratchRepo();

  const written = ["a", "b\nc", "\u2028 \0 ü"].map((reason) =>
    appendOperation(box.repo, operation(reason)),
  );

  expect(readAll(box.repo)).toEqual(written);
  expectChain(written);
  expect(logHead(box.repo)).toBe(written[2]?.record_hash);
  expect(readFileSync(box.repo.layout.auditLog, "utf8").split("\n")).toHaveLength(4);
  expect(written[0]).toMatchObject({
    event_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    timestamp: NOW.toISOString(),
    operation: "snapshot",
    actor: ACTOR,
    refs: { "main/head": [null, "1-a"] },
  });
  syncLog(box.repo);
});

test("lines longer than any block are read and followed", () => {
  using box = makeScratchRepo();
  const long = "ä".repeat(3_000_000);

  appendOperation(box.repo, operation("first"));
  appendOperation(box.repo, operation(long));
  appendOperation(box.repo, operation("x".repeat(8 * 1024)));

  const records = readAll(box.repo);
  expectChain(records);
  expect(records.map(({ reason }) => reason.length)).toEqual([5, 3_000_000, 8192]);
});

test("lines that end exactly where a block begins are read", () => {
  using box = makeScratchRepo();
  const lengths = Array.from({ length: 40 }, (_, at) => 7_800 + at * 12);

  for (const length of lengths) appendOperation(box.repo, operation("x".repeat(length)));

  const records = readAll(box.repo);
  expectChain(records);
  expect(records.map(({ reason }) => reason.length)).toEqual(lengths);
});

test("wherever a crash cuts off the last line, it alone is lost, and the log goes on", () => {
  using box = makeScratchRepo();
  const { auditLog } = box.repo.layout;
  appendOperation(box.repo, operation("first"));
  const first = readFileSync(auditLog);
  appendOperation(box.repo, operation("torn"));
  const both = readFileSync(auditLog);

  for (let length = first.length; length < both.length - 1; length++) {
    writeFileSync(auditLog, both.subarray(0, length));
    expect(readAll(box.repo).map(({ reason }) => reason)).toEqual(["first"]);
    appendOperation(box.repo, operation("next"));
    const records = readAll(box.repo);
    expectChain(records);
    expect(records.map(({ reason }) => reason)).toEqual(["first", "next"]);
  }
});

test("a last line that lacks nothing but its newline is kept", () => {
  using box = makeScratchRepo();
  appendOperation(box.repo, operation("first"));
  appendOperation(box.repo, operation("second"));
  truncateSync(box.repo.layout.auditLog, statSync(box.repo.layout.auditLog).size - 1);
  const head = readAll(box.repo)[1]?.record_hash;

  expect(logHead(box.repo)).toBe(head);
  appendOperation(box.repo, operation("third"));

  const records = readAll(box.repo);
  expectChain(records);
  expect(records.map(({ reason }) => reason)).toEqual(["first", "second", "third"]);
});

test("zeros that a power cut left in place of the last lines are cut off", () => {
  using box = makeScratchRepo();
  const { auditLog } = box.repo.layout;
  appendOperation(box.repo, operation("first"));
  appendFileSync(auditLog, `${"\0".repeat(300)}"}\n${"\0".repeat(20_000)}`);

  expect(readAll(box.repo)).toHaveLength(1);
  appendOperation(box.repo, operation("second"));

  expectChain(readAll(box.repo));
  expect(readFileSync(auditLog).includes(0)).toBe(false);
});

test("a torn first line leaves an empty log", () => {
  using box = makeScratchRepo();
  writeFileSync(box.repo.layout.auditLog, '{"seq":1');

  expect(logHead(box.repo)).toBe("");
  expect(appendOperation(box.repo, operation("first")).seq).toBe(1);
  expectChain(readAll(box.repo));
});

test("a damaged whole line is reported to readers, kept, and stops nobody from working", () => {
  using box = makeScratchRepo();
  const { auditLog } = box.repo.layout;
  const first = appendOperation(box.repo, operation("first"));
  appendFileSync(auditLog, "garbled\n");

  expect(() => readAll(box.repo)).toThrow(
    expect.objectContaining({ code: "E_AUDIT_CHAIN_BROKEN" }),
  );
  const next = appendOperation(box.repo, operation("next"));

  expect(next).toMatchObject({ seq: 3, prev_hash: first.record_hash });
  expect(readOperationsBackwards(box.repo).next().value).toEqual(next);
  expect(readFileSync(auditLog, "utf8")).toContain("\ngarbled\n");
  expect(() => readAll(box.repo)).toThrow(
    expect.objectContaining({ code: "E_AUDIT_CHAIN_BROKEN" }),
  );
});

test("an operation with the id of a recent one is not appended again", () => {
  using box = makeScratchRepo();
  const id = 'event "7"';
  const once = appendOperation(box.repo, operation("once", id));
  for (let count = 0; count < 49; count++) appendOperation(box.repo, operation("other"));

  expect(hasOperation(box.repo, id)).toBe(true);
  expect(appendOperation(box.repo, operation("again", id))).toEqual(once);

  appendOperation(box.repo, operation(`mentions ${JSON.stringify({ event_id: id })}`));
  expect(hasOperation(box.repo, id)).toBe(false);
});

test("a full log is put aside, and stays one log", { timeout: 60_000 }, () => {
  using box = makeScratchRepo();
  const long = "x".repeat(7_000_000);
  for (let count = 0; count < 31; count++)
    appendOperation(box.repo, operation(long, `event ${count}`));

  expect(readdirSync(box.repo.layout.audit).sort()).toEqual([
    "audit-1-15.jsonl",
    "audit-16-30.jsonl",
    "audit.jsonl",
    "head",
  ]);
  expect(hasOperation(box.repo, "event 14")).toBe(true);
  const seqs: number[] = [];
  for (const { seq } of readOperationsBackwards(box.repo)) seqs.push(seq);
  expect(seqs).toEqual(Array.from({ length: 31 }, (_, at) => 31 - at));
});

test("goes on from the last file when the one in use is empty or gone", { timeout: 60_000 }, () => {
  using box = makeScratchRepo();
  const { auditLog } = box.repo.layout;
  const last = appendOperation(box.repo, operation("x".repeat(100_000_001)));

  expect(statSync(auditLog).size).toBe(0);
  syncLog(box.repo);
  expect(logHead(box.repo)).toBe(last.record_hash);
  rmSync(auditLog);
  expect(logHead(box.repo)).toBe(last.record_hash);
  syncLog(box.repo);
  expect(appendOperation(box.repo, operation("next"))).toMatchObject({
    seq: 2,
    prev_hash: last.record_hash,
  });
});

test("a reader meets each operation once while the log is put aside", { timeout: 60_000 }, () => {
  using box = makeScratchRepo();
  for (let count = 0; count < 3; count++) appendOperation(box.repo, operation("short"));
  const reader = readOperationsBackwards(box.repo);
  const seqs = [reader.next().value?.seq];

  appendOperation(box.repo, operation("x".repeat(100_000_001)));
  for (const { seq } of reader) seqs.push(seq);

  expect(readdirSync(box.repo.layout.audit)).toContain("audit-1-4.jsonl");
  expect(seqs).toEqual([3, 2, 1]);
});

test("appending takes as long in a long log as in a short one", () => {
  using box = makeScratchRepo();
  const { auditLog } = box.repo.layout;
  const first = appendOperation(box.repo, operation("first"));
  const filler = `${JSON.stringify(first)}\n`.repeat(100_000);
  writeFileSync(auditLog, filler);
  const before = readFileSync(auditLog).length;

  const start = performance.now();
  for (let count = 0; count < 100; count++)
    appendOperation(box.repo, operation("more", `event ${count}`));

  // Reading all of it a hundred times would take many seconds.
  expect(performance.now() - start).toBeLessThan(1000);
  expect(statSync(auditLog).size).toBeGreaterThan(before);
});

test("eight processes append at once: one chain, nothing lost", { timeout: 30_000 }, async () => {
  using box = makeScratchRepo();
  const code = `
    import { findRepo } from ${JSON.stringify(fileURLToPath(new URL("./repo.ts", import.meta.url)))};
    const repo = findRepo(${JSON.stringify(box.root)});
    await Bun.stdin.text();
    for (let count = 0; count < 50; count++) room.appendOperation(repo, {
      operation: "snapshot", actor: { user: "a", host: "b", pid: process.pid }, target: "",
      reason: "r".repeat(count * 40), refs: {}, now: new Date(), event_id: process.pid + "/" + count });`;
  const processes = Array.from({ length: 8 }, () => startProcess("./operation-log.ts", code));
  for (const { stdin } of processes) await stdin.end();

  expect(await Promise.all(processes.map(({ exited }) => exited))).toEqual(Array(8).fill(0));

  const records = readAll(box.repo);
  expectChain(records);
  expect(new Set(records.map(({ event_id }) => event_id)).size).toBe(400);
  expect(records).toHaveLength(400);
});

test("processes killed at any moment leave a log that goes on", { timeout: 60_000 }, async () => {
  using box = makeScratchRepo();
  const code = `
    import { findRepo } from ${JSON.stringify(fileURLToPath(new URL("./repo.ts", import.meta.url)))};
    const repo = findRepo(${JSON.stringify(box.root)});
    for (let count = 0; ; count++) {
      room.appendOperation(repo, { operation: "snapshot", actor: { user: "a", host: "b", pid: 1 },
        target: "", reason: "r".repeat(200_000), refs: {}, now: new Date() });
      if (count === 0) console.log("started");
    }`;
  for (let round = 0; round < 6; round++) {
    const processes = [0, 1].map(() => startProcess("./operation-log.ts", code));
    for (const { stdout } of processes) await stdout.getReader().read();
    await Bun.sleep(round * 3);
    for (const child of processes) child.kill("SIGKILL");
    await Promise.all(processes.map(({ exited }) => exited));
    appendOperation(box.repo, operation(`round ${round}`));
  }

  const records = readAll(box.repo);
  expectChain(records);
  expect(records.filter(({ reason }) => reason.startsWith("round"))).toHaveLength(6);
});
