import { JvsError } from "../../model/errors.ts";
import { hasDescriptor } from "../../repo/descriptors.ts";
import { listLabelledIds } from "../../repo/label-ids.ts";
import { listPins } from "../../repo/pins.ts";
import type { Exam, NewFinding } from "./exam.ts";

/** Pins and labels: readable, and of snapshots that exist. */
export function* checkNames({ repo }: Exam): Generator<NewFinding> {
  const { pins, labels } = repo.layout;
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
  for (const [id, name] of listLabelledIds(repo))
    if (!hasDescriptor(repo, id)) yield dangling(`label '${name}'`, labels);
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
