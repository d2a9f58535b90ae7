import { JvsError } from "../../model/errors.ts";
import type { SnapshotId } from "../../model/snapshot.ts";
import { hasDescriptor } from "../../repo/descriptors.ts";
import { listLabelledIds } from "../../repo/label-ids.ts";
import { pinPath } from "../../repo/layout.ts";
import { listMissingPins } from "../../repo/missing-records.ts";
import { listPins } from "../../repo/pins.ts";
import type { Exam, NewFinding } from "./exam.ts";

/** Pins and labels: readable, of snapshots that exist, and none gone that the log tells of. */
export function* checkNames(exam: Exam): Generator<NewFinding> {
  const { repo } = exam;
  yield* checkPins(exam);
  yield* checkMissingPins(exam);
  for (const [id, name] of listLabelledIds(repo))
    if (!hasDescriptor(repo, id)) yield dangling(`label '${name}'`, repo.layout.labels);
}

function* checkPins({ repo }: Exam): Generator<NewFinding> {
  const { pins } = repo.layout;
  try {
    for (const { snapshot_id: id } of listPins(repo))
      if (!hasDescriptor(repo, id)) yield dangling(`the pin of ${id}`, pins);
  } catch (error) {
    if (!(error instanceof JvsError)) throw error;
    yield {
      category: "pin",
      description: error.message,
      severity: "error",
      error_code: error.code,
      path: pins,
      code: "pin-unreadable",
      cure: "Put the file back from a backup, or delete it; until then gc removes nothing",
    };
  }
}

function* checkMissingPins({ repo, log, intents }: Exam): Generator<NewFinding> {
  for (const { snapshot_id: id } of listMissingPins(repo, log.known))
    if (!isEdited(intents, id)) yield ofMissingPin(pinPath(repo.layout, id), id);
}

/** The log comes after the file. */
function isEdited(intents: Exam["intents"], id: SnapshotId): boolean {
  return intents.some((intent) => JSON.stringify(intent).includes(id));
}

function ofMissingPin(path: string, id: SnapshotId): NewFinding {
  return {
    category: "pin",
    description: `the pin of ${id} is gone, and no operation removed it`,
    severity: "error",
    path,
    code: "pin-missing",
    cure: "jvs doctor --repair makes it anew from the log; until then gc keeps the snapshot",
    repair: "restore_records",
  };
}

function dangling(what: string, path: string): NewFinding {
  return {
    category: "pin",
    description: `${what} names a snapshot that does not exist`,
    severity: "warning",
    path,
    code: "name-dangling",
    cure: "Remove it, or put the record of the snapshot back from a backup",
  };
}
