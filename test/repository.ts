import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";

/** A JSON object as it stands on disk. */
export type Json = Readonly<Record<string, unknown>>;

export interface LogRecord extends Json {
  readonly seq: number;
  readonly operation: string;
  readonly target: string;
  readonly refs: Readonly<Record<string, readonly [string | null, string | null]>>;
  readonly prev_hash: string;
  readonly record_hash: string;
}

/** The operation log of the repository in `folder`, oldest first. */
export function readLog(folder: string): LogRecord[] {
  const text = readFileSync(join(folder, ".jvs/audit/audit.jsonl"), "utf8");
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as LogRecord);
}

/** The records of all snapshots, oldest first. */
export function readDescriptors(folder: string): Json[] {
  const home = join(folder, ".jvs/descriptors");
  return readdirSync(home)
    .sort()
    .map((name) => JSON.parse(readFileSync(join(home, name), "utf8")) as Json);
}

export function readWorktree(folder: string, name = "main"): Json {
  return JSON.parse(readFileSync(join(folder, ".jvs/worktrees", `${name}.json`), "utf8")) as Json;
}

/**
 * What is wrong with the repository in `folder`, by the rules of docs/format.md and without any code
 * of the program: broken hashes, work left under way, heads and parents that lead nowhere, a log that
 * does not tell where the head is. Nothing, for a sound one at rest.
 */
export function findFaults(folder: string): string[] {
  return [
    ...findLogFaults(readLog(folder)),
    ...findDescriptorFaults(folder),
    ...findHeadFaults(folder),
    ...findLeftovers(folder),
  ];
}

/** What a killed command left and the next one should have cleared. */
export function findLeftovers(folder: string): string[] {
  const jvs = join(folder, ".jvs");
  const inFolder = (name: string): string[] => {
    const path = join(jvs, name);
    return existsSync(path) ? readdirSync(path).map((file) => `${name}/${file}`) : [];
  };
  const unfinished = existsSync(join(folder, ".jvs.unfinished")) ? [".jvs.unfinished"] : [];
  const drafts = inFolder("objects/packs").filter((name) => !/\.(pack|idx)$/.test(name));
  const files = [...inFolder("intents"), ...inFolder("drafts"), ...drafts, ...unfinished];
  return files.map((file) => `left over: ${file}`);
}

function findLogFaults(log: readonly LogRecord[]): string[] {
  return log.flatMap((record, index) => {
    const faults: string[] = [];
    if (record.seq !== index + 1) faults.push(`log record ${index + 1} has seq ${record.seq}`);
    if (record.prev_hash !== (log[index - 1]?.record_hash ?? ""))
      faults.push(`log record ${record.seq} does not follow the one before`);
    if (record.record_hash !== hashWithout(record, ["record_hash"]))
      faults.push(`log record ${record.seq} has another hash than it says`);
    return faults;
  });
}

function findDescriptorFaults(folder: string): string[] {
  const descriptors = readDescriptors(folder);
  const ids = new Set(descriptors.map(({ snapshot_id }) => snapshot_id));
  const hashes = new Set(["", ...readLog(folder).map(({ record_hash }) => record_hash)]);
  return descriptors.flatMap((descriptor) => {
    const { snapshot_id: id, parent_id: parent, audit_head: head } = descriptor;
    const checksum = hashWithout(descriptor, [
      "descriptor_checksum",
      "signature",
      "integrity_state",
    ]);
    const faults: string[] = [];
    if (checksum !== descriptor.descriptor_checksum) faults.push(`checksum of ${id}`);
    if (parent !== undefined && !ids.has(parent)) faults.push(`parent of ${id}: ${parent}`);
    if (!hashes.has(head as string)) faults.push(`log head of ${id}: ${head}`);
    return faults;
  });
}

function findHeadFaults(folder: string): string[] {
  return readdirSync(join(folder, ".jvs/worktrees")).flatMap((file) => {
    const name = basename(file, ".json");
    const record = readWorktree(folder, name);
    return ["head", "latest"].flatMap((which) => {
      const at = (record[`${which}_snapshot_id`] ?? null) as string | null;
      const moves = readLog(folder).flatMap(({ refs }) => refs[`${name}/${which}`] ?? []);
      const logged = moves.at(-1) ?? null;
      return at === logged ? [] : [`${which} of ${name} is ${at}, the log says ${logged}`];
    });
  });
}

function hashWithout(record: Json, except: readonly string[]): string {
  const covered = Object.entries(record).filter(([key]) => !except.includes(key));
  const text = canonical(Object.fromEntries(covered));
  return new Bun.CryptoHasher("sha256").update(text).digest("hex");
}

/** Sorted keys, no spaces. The keys of records are ASCII, so that code units sort like bytes. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const members = Object.entries(value)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`);
  return `{${members.join(",")}}`;
}
