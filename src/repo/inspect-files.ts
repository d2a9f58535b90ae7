import { readdirSync } from "node:fs";
import { isFolder } from "../fs/is-there.ts";
import { tryReadText } from "./control-file.ts";
import { isGenerationSound } from "./generation.ts";
import {
  compareChecksum,
  formatPlainJson,
  type JsonObject,
  parseJsonObject,
} from "./json-object.ts";
import { generationPath, type Layout } from "./layout.ts";

/** A control file that is not as it was written. */
export interface FileFault {
  readonly path: string;
  readonly what: "record" | "descriptor" | "lines" | "generation";
  /** `missing`: it has no checksum, so nothing can be said about it. */
  readonly kind: "damaged" | "missing";
  readonly why: string;
}

/**
 * Compares every control file with its own checksum and with the way jvs writes it: with that, each
 * altered byte shows. The operation log is looked at by itself; caches not at all.
 */
export function* inspectFiles(layout: Layout): Generator<FileFault> {
  for (const path of listRecords(layout)) yield* inspectRecord(path);
  for (const path of listFiles(layout.intents, ".json")) yield* inspectPlain(path, "record");
  for (const path of listFiles(layout.descriptors, ".json"))
    yield* inspectPlain(path, "descriptor");
  yield* inspectGeneration(generationPath(layout));
  for (const folder of [layout.gcTombstones, layout.labels])
    for (const path of listFiles(folder, ".jsonl")) yield* inspectLines(path);
}

function listRecords({ repoJson, worktrees, pins, labels, gcPlans }: Layout): string[] {
  // The folder of a fork may be called like a record.
  const ofWorktrees = listFiles(worktrees, ".json").filter((path) => !isFolder(path));
  const others = [pins, labels, gcPlans].flatMap((folder) => listFiles(folder, ".json"));
  return [repoJson, ...ofWorktrees, ...others];
}

/** One without a checksum may be spelled as somebody likes: it was written by hand. */
function* inspectRecord(path: string): Generator<FileFault> {
  const { text } = tryReadText(path);
  const record = text === undefined ? undefined : parseJsonObject(text);
  if (record === undefined) yield* inspectPlain(path, "record");
  else if (compareChecksum(record) !== "missing" && formatPlainJson(record) !== text)
    yield damaged(path, "record", "it is not spelled as jvs writes it");
  else yield* compare(path, record, "record");
}

/** A checksum under another name than its own is one whose name was altered. */
function* compare(path: string, record: JsonObject, what: FileFault["what"]): Generator<FileFault> {
  const verdict = compareChecksum(record);
  if (verdict === "fits") return;
  const last = Object.values(record).at(-1);
  const isRenamed =
    verdict === "missing" && typeof last === "string" && /^[0-9a-f]{64}$/.test(last);
  if (verdict === "differs")
    yield damaged(path, what, "its record_checksum does not match its content");
  else if (isRenamed) yield damaged(path, what, "the name of its record_checksum was altered");
  else yield { path, what, kind: "missing", why: "it has no record_checksum" };
}

function* inspectPlain(path: string, what: FileFault["what"]): Generator<FileFault> {
  const { text, fault } = tryReadText(path);
  if (fault !== undefined) yield damaged(path, what, fault);
  if (text === undefined) return; // It went away meanwhile.
  const record = parseJsonObject(text);
  if (record === undefined) yield damaged(path, what, "it is no JSON object");
  else if (formatPlainJson(record) !== text)
    yield damaged(path, what, "it is not spelled as jvs writes it");
}

/** Damaged, it costs time alone: what caches say about stored content is looked at again. */
function* inspectGeneration(path: string): Generator<FileFault> {
  const { text, fault } = tryReadText(path);
  if (fault !== undefined) yield damaged(path, "generation", fault);
  else if (text === undefined) yield damaged(path, "generation", "it is missing");
  else if (!isGenerationSound(text))
    yield damaged(path, "generation", "it holds no generation of the store");
}

function* inspectLines(path: string): Generator<FileFault> {
  const { text = "", fault } = tryReadText(path);
  if (fault !== undefined) yield damaged(path, "lines", fault);
  for (const [number, line] of text.split("\n").entries()) {
    const record = line === "" ? undefined : parseJsonObject(line);
    if (line !== "" && (record === undefined || JSON.stringify(record) !== line))
      yield damaged(path, "lines", `line ${number + 1} makes no sense`);
    else if (record !== undefined) yield* compare(path, record, "lines");
  }
}

function damaged(path: string, what: FileFault["what"], why: string): FileFault {
  return { path, what, kind: "damaged", why };
}

function listFiles(folder: string, ending: string): string[] {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return []; // What is missing is named by whoever looks at the layout.
  }
  return names
    .filter((name) => name.endsWith(ending))
    .map((name) => `${folder}/${name}`)
    .sort();
}
