import { basename } from "node:path";
import { type FileFault, inspectFiles } from "../../repo/inspect-files.ts";
import type { Exam, NewFinding } from "./exam.ts";

/** Control files: checksums, spelling. */
export function* checkFiles({ repo, descriptors, strict }: Exam): Generator<NewFinding> {
  const rejected = new Map(descriptors.unreadable.map(({ id, why }) => [`${id}.json`, why]));
  for (const fault of inspectFiles(repo.layout)) {
    if (fault.kind === "missing" && !strict) continue;
    if (fault.what === "descriptor" && rejected.has(basename(fault.path))) continue;
    yield findingOf(fault);
  }
  for (const [file, why] of rejected)
    yield ofDescriptor({
      path: `${repo.layout.descriptors}/${file}`,
      what: "descriptor",
      kind: "damaged",
      why,
    });
}

function findingOf(fault: FileFault): NewFinding {
  if (fault.what === "generation") return ofGeneration(fault);
  return fault.what === "descriptor" ? ofDescriptor(fault) : ofRecord(fault);
}

function ofGeneration({ path, why }: FileFault): NewFinding {
  return {
    category: "store",
    description: `${basename(path)}: ${why}, so caches count for nothing`,
    severity: "warning",
    path,
    code: "generation-damaged",
    cure: "jvs doctor --repair writes another one; so does the next jvs gc run",
    repair: "rebuild_cache",
    unhealthy: true,
  };
}

function ofDescriptor({ path, why }: FileFault): NewFinding {
  return {
    category: "integrity",
    description: `the record of snapshot ${basename(path, ".json")}: ${why}`,
    severity: "critical",
    error_code: "E_DESCRIPTOR_CORRUPT",
    path,
    code: "descriptor-damaged",
    cure: "Put the file back from a backup; other snapshots are not affected, and its content stays stored",
  };
}

function ofRecord({ path, kind, why }: FileFault): NewFinding {
  const name = basename(path);
  if (kind === "missing")
    return {
      category: "integrity",
      description: `${name}: ${why}, so nobody can tell whether it was altered`,
      severity: "info",
      path,
      code: "record-unsealed",
      ...(name === "repo.json"
        ? { cure: "jvs doctor --repair adds one", repair: "seal_records" }
        : { cure: "None is needed: the next command that writes it adds one" }),
    };
  return {
    category: "integrity",
    description: `${name}: ${why}`,
    severity: "critical",
    error_code: "E_CONFIG",
    path,
    code: "record-damaged",
    cure: "Put the file back from a backup; if somebody edited it on purpose, take its record_checksum out",
  };
}
