import { copiesFiles } from "../../engines/engine-names.ts";
import { findStrays, type Stray } from "../../engines/find-strays.ts";
import { JvsError, SystemError } from "../../model/errors.ts";
import { inWords, pathFields } from "../../model/raw-path.ts";
import type { Descriptor } from "../../model/snapshot.ts";
import { payloadPath } from "../../repo/layout.ts";
import { hasPayload } from "../../repo/payloads.ts";
import { recordedView } from "../tree-of.ts";
import type { Exam, NewFinding } from "./exam.ts";

const MOST_NAMED = 10;

/** What folders of snapshots hold besides what they should. */
export async function checkFolders(exam: Exam): Promise<NewFinding[]> {
  const findings: NewFinding[] = [];
  for (const descriptor of exam.descriptors.descriptors) {
    const { snapshot_id: id, engine } = descriptor;
    // In folders that are copied as a whole there is also what no snapshot holds, such as sockets.
    if (!copiesFiles(engine) || !hasPayload(exam.repo, id)) continue;
    const strays = listStrays(exam, descriptor);
    if (strays.length > 0) findings.push(ofStrays(exam, descriptor, strays));
    await exam.ctx.progress.breathe();
  }
  return findings;
}

/** None where the tree or the folder cannot be read: that is told of elsewhere. */
function listStrays({ repo, store }: Exam, descriptor: Descriptor): Stray[] {
  try {
    const slot = payloadPath(repo.layout, descriptor.snapshot_id);
    const strays = [...findStrays(slot, recordedView(store, descriptor))];
    return strays.sort((one, other) => (one.path < other.path ? -1 : 1));
  } catch (error) {
    if (error instanceof JvsError || error instanceof SystemError) return [];
    throw error;
  }
}

function ofStrays(
  { repo }: Exam,
  { snapshot_id: id }: Descriptor,
  strays: readonly Stray[],
): NewFinding {
  const named = strays
    .slice(0, MOST_NAMED)
    .map(({ path, why }) => `${inWords(pathFields(path))} (${why})`);
  const more = strays.length > MOST_NAMED ? `; and ${strays.length - MOST_NAMED} more` : "";
  return {
    category: "integrity",
    description: `the folder of snapshot ${id} was changed: ${named.join("; ")}${more}`,
    severity: "warning",
    path: payloadPath(repo.layout, id),
    code: "folder-changed",
    cure: "Find out who did it; remove what does not belong there, and take away what its mode gives too much (chmod)",
    count: strays.length,
  };
}
