import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ObjectId } from "../model/entry.ts";
import type { Actor } from "../model/operation.ts";
import { makeSnapshotId, type SnapshotId } from "../model/snapshot.ts";
import { createRepo } from "./create-repo.ts";
import type { UnsealedDescriptor } from "./descriptors.ts";
import type { Repo, RepoLayout } from "./repo.ts";

/** A folder of its own for one test; `using` removes it. */
export interface ScratchFolder extends Disposable {
  readonly path: string;
}

/** A repository of its own for one test. */
export interface ScratchRepo extends Disposable {
  readonly root: string;
  readonly repo: Repo;
}

export const ACTOR: Actor = { user: "ann", host: "box", pid: process.pid };
export const NOW: Date = new Date("2026-01-02T03:04:05.678Z");

export function makeScratchFolder(): ScratchFolder {
  const path = mkdtempSync(join(tmpdir(), "jvs-repo-"));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

export function makeScratchRepo(layout: RepoLayout = "in-place"): ScratchRepo {
  const folder = makeScratchFolder();
  const repo = createRepo({ root: folder.path, layout, now: NOW });
  return { root: folder.path, repo, [Symbol.dispose]: () => folder[Symbol.dispose]() };
}

/** The id of the snapshot taken `seconds` after {@link NOW}. */
export function idAt(seconds: number, random = "0badcafe"): SnapshotId {
  return makeSnapshotId(new Date(NOW.getTime() + seconds * 1000), random);
}

export function sampleDescriptor(id: SnapshotId): UnsealedDescriptor {
  return {
    format: 2,
    snapshot_id: id,
    worktree_name: "main",
    created_at: NOW.toISOString(),
    note: 'Grüße, "quoted"\n\u{1f600}',
    tags: ["v1", "draft"],
    meta: { ticket: "7", "": "empty key" },
    kind: "manual",
    engine: "objects",
    payload_root_hash: "5".repeat(64) as ObjectId,
    root_mode: "0755",
    entries: 12,
    bytes: 1000,
    stored_bytes: 0,
    losses: [{ path: "run/socket", kind: "socket", why: "sockets are not kept" }],
    audit_head: "",
    integrity_state: "verified",
  };
}

/** Runs `code`, which may use the exports of this room's `file` as `room`, in a process of its own. */
export function startProcess(
  file: string,
  code: string,
): Bun.Subprocess<"pipe", "pipe", "inherit"> {
  const path = fileURLToPath(new URL(file, import.meta.url));
  const script = `import * as room from ${JSON.stringify(path)};\n${code}`;
  const command = [process.execPath, "--define", "JVS_FAIL_POINTS=true", "-e", script];
  return Bun.spawn(command, { stdin: "pipe", stdout: "pipe" });
}
