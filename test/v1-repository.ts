import {
  chmodSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { hashV1Payload } from "../src/repo/v1/payload-hash.ts";
import { hashV1Event } from "../src/repo/v1/v1-log.ts";
import { hashV1Descriptor, type V1Descriptor } from "../src/repo/v1/v1-snapshot.ts";

export interface V1SnapshotOptions {
  readonly note?: string;
  readonly tags?: readonly string[];
  readonly partial?: readonly string[];
  readonly compress?: boolean;
}

/** Writes repositories as the older jvs did, by the recipes of its format. */
export class V1Repository {
  readonly root: string;
  private readonly heads = new Map<string, string>();
  private lastHash = "";
  private clock = Date.parse("2026-01-02T03:04:05.000Z");

  constructor(root: string) {
    this.root = root;
    for (const folder of ["snapshots", "descriptors", "audit", "pins", "intents", "gc"])
      mkdirSync(join(root, ".jvs", folder), { recursive: true });
    writeFileSync(this.at("format_version"), "1\n");
    writeFileSync(this.at("repo_id"), "0b5a4b1e-6f0a-4d7e-9d59-8d1f6b3d2a10\n");
    this.addWorktree("main");
  }

  at(name: string): string {
    return join(this.root, ".jvs", name);
  }

  workspace(name = "main"): string {
    return join(this.root, name === "main" ? "main" : `worktrees/${name}`);
  }

  write(files: Readonly<Record<string, string>>, worktree = "main"): void {
    for (const [name, text] of Object.entries(files)) {
      const path = join(this.workspace(worktree), name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
    }
  }

  addWorktree(name: string, head?: string): void {
    mkdirSync(this.workspace(name), { recursive: true });
    if (head !== undefined) this.heads.set(name, head);
    this.writeRecord(name);
  }

  /** Takes a snapshot of a worktree and returns its id. */
  snapshot(worktree: string, options: V1SnapshotOptions = {}): string {
    const { note, tags, partial, compress = false } = options;
    this.clock += 1000;
    const random = (this.clock % 0xffffffff).toString(16).padStart(8, "0");
    const id = `${this.clock}-${random}`;
    const payload = this.at(`snapshots/${id}`);
    this.copy(this.workspace(worktree), payload, partial);
    const descriptor: V1Descriptor = {
      snapshot_id: id,
      parent_id: this.heads.get(worktree),
      worktree_name: worktree,
      created_at: new Date(this.clock).toISOString().replace("Z", "123456Z"),
      note,
      tags,
      engine: "copy",
      payload_root_hash: hashV1Payload(payload),
      partial_paths: partial,
      compression: compress ? { type: "gzip", level: 9 } : undefined,
    };
    if (compress) compressBelow(payload);
    writeFileSync(join(payload, ".READY"), "");
    const record = {
      ...descriptor,
      descriptor_checksum: hashV1Descriptor(descriptor),
      integrity_state: "verified",
    };
    writeFileSync(this.at(`descriptors/${id}.json`), JSON.stringify(record, null, 2));
    this.heads.set(worktree, id);
    this.writeRecord(worktree);
    this.log("snapshot_create", {
      snapshot_id: id,
      worktree_name: worktree,
      details: { note: note ?? "" },
    });
    return id;
  }

  pin(id: string, reason: string): void {
    const pin = { snapshot_id: id, pinned_at: "2026-01-02T03:04:05Z", reason };
    writeFileSync(this.at(`pins/${id}.json`), JSON.stringify(pin));
  }

  private writeRecord(name: string): void {
    const head = this.heads.get(name);
    const ids =
      head === undefined
        ? {}
        : { base_snapshot_id: head, head_snapshot_id: head, latest_snapshot_id: head };
    mkdirSync(this.at(`worktrees/${name}`), { recursive: true });
    writeFileSync(
      this.at(`worktrees/${name}/config.json`),
      JSON.stringify({ name, ...ids, created_at: "2026-01-02T03:04:05Z" }),
    );
  }

  private copy(from: string, to: string, only: readonly string[] | undefined): void {
    const options = { recursive: true, preserveTimestamps: true, verbatimSymlinks: true };
    if (only === undefined) cpSync(from, to, options);
    else
      for (const path of only) {
        mkdirSync(dirname(join(to, path)), { recursive: true });
        cpSync(join(from, path), join(to, path), options);
      }
  }

  private log(
    event_type: string,
    what: { snapshot_id: string; worktree_name: string; details: Record<string, unknown> },
  ): void {
    const event = { timestamp: new Date(this.clock).toISOString(), event_type, ...what };
    const record_hash = hashV1Event(event, this.lastHash);
    const line = JSON.stringify({ ...event, prev_hash: this.lastHash, record_hash });
    writeFileSync(this.at("audit/audit.jsonl"), `${line}\n`, { flag: "a" });
    this.lastHash = record_hash;
  }
}

function compressBelow(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) compressBelow(path);
    else if (entry.isFile() && !path.endsWith(".gz")) {
      copyFileSync(path, `${path}.gz`);
      writeFileSync(`${path}.gz`, gzipSync(readFileSync(path)));
      chmodSync(`${path}.gz`, 0o600);
      rmSync(path);
    }
  }
}
