import { basename } from "node:path";
import { keepsFolders } from "../../engines/engine-names.ts";
import type { ObjectId } from "../../model/entry.ts";
import { inWords } from "../../model/raw-path.ts";
import type { SnapshotId } from "../../model/snapshot.ts";
import type { OtherDamage, VerifiedDamage } from "../../model/verify-report.ts";
import { descriptorPath, payloadPath } from "../../repo/layout.ts";
import { hasPayload } from "../../repo/payloads.ts";
import { checkPacks, type PackCheck } from "../../store/check-packs.ts";
import { EMPTY_FOLDER_ID } from "../verify/reach-objects.ts";
import { chooseAll, verifyRepository } from "../verify-snapshots.ts";
import { checkFolders } from "./check-folders.ts";
import type { Exam, NewFinding } from "./exam.ts";
import { type DamageGroup, groupDamage } from "./group-damage.ts";
import { type DamagedFolders, damagedFolders } from "./mend-folders.ts";

/** What was found about the stored content. */
export interface StoreCheck {
  readonly findings: readonly NewFinding[];
  readonly packs: readonly PackCheck[];
  /** What snapshots need and cannot be read. */
  readonly lost: ReadonlySet<ObjectId>;
  readonly damagedFiles: readonly DamagedFile[];
  readonly damagedFolders: DamagedFolders;
}

/** A large file beside the packs that does not hold what its name says. */
export interface DamagedFile {
  readonly id: ObjectId;
  readonly isNeeded: boolean;
}

/** Packs and indexes, with `thorough` all their checksums. */
export async function inspectPacks(
  objects: string,
  { progress, thorough }: { progress: Exam["ctx"]["progress"]; thorough: boolean },
): Promise<PackCheck[]> {
  const checks: PackCheck[] = [];
  for (const check of checkPacks(objects, thorough ? "all" : "ends")) {
    checks.push(check);
    progress.report({ phase: "checking packs", done: checks.length });
    await progress.breathe();
  }
  return checks;
}

/** What is known of content that was not read. */
export const NOTHING_READ: Omit<StoreCheck, "findings" | "packs"> = {
  lost: new Set(),
  damagedFiles: [],
  damagedFolders: new Map(),
};

/** Without `strict`: whether the root of each snapshot is there. With it, all content is read and hashed. */
export async function checkStore(exam: Exam, packs: readonly PackCheck[]): Promise<StoreCheck> {
  const ofPacks = packs.flatMap((check) => [...findingsOfPack(check)]);
  if (!exam.strict) {
    const findings = [...ofPacks, ...checkRoots(exam)];
    return { ...NOTHING_READ, findings, packs };
  }
  const { content, ...found } = await checkContent(exam);
  const findings = [...ofPacks, ...content, ...(await checkFolders(exam))];
  return { findings, packs, ...found };
}

function* findingsOfPack({ path, problems, index, indexPath }: PackCheck): Generator<NewFinding> {
  for (const { offset, why, id } of problems)
    yield {
      category: "integrity",
      description: `${basename(path)}, byte ${offset}: ${why}${id === undefined ? "" : ` (object ${id})`}`,
      severity: "critical",
      error_code: "E_OBJECT_DAMAGED",
      path,
      code: "pack-damaged",
      cure: "jvs doctor --repair heals it from what a workspace or another pack still holds; jvs verify names the paths",
      repair: "heal_objects",
    };
  if (index !== "intact")
    yield {
      category: "store",
      description: `the index of ${basename(path)} is ${index}`,
      severity: index === "damaged" ? "error" : "warning",
      path: indexPath,
      code: `index-${index}`,
      cure: "jvs doctor --repair makes it anew from the pack; so does the next command that needs it",
      repair: "rebuild_indexes",
    };
}

function* checkRoots(exam: Exam): Generator<NewFinding> {
  yield* checkPayloads(exam);
  const { repo, store, descriptors } = exam;
  for (const { snapshot_id: id, payload_root_hash: root } of descriptors.descriptors) {
    if (root === EMPTY_FOLDER_ID || store.has(root)) continue;
    yield {
      category: "integrity",
      description: `the content of snapshot ${id} is gone`,
      severity: "critical",
      error_code: "E_OBJECT_MISSING",
      path: descriptorPath(repo.layout, id),
      code: "tree-missing",
      cure: "Put objects/ back from a backup; jvs doctor --repair heals what a workspace still holds",
      repair: "heal_objects",
    };
  }
}

function* checkPayloads({ repo, descriptors }: Exam): Generator<NewFinding> {
  for (const { snapshot_id: id, engine } of descriptors.descriptors) {
    if (!keepsFolders(engine) || hasPayload(repo, id)) continue;
    yield {
      category: "integrity",
      description: `the folder of snapshot ${id} is gone`,
      severity: "critical",
      error_code: "E_OBJECT_MISSING",
      path: payloadPath(repo.layout, id),
      code: "payload-missing",
      cure: "Put it back from a backup; jvs doctor --strict --repair heals what a workspace still holds",
      repair: "heal_objects",
    };
  }
}

async function checkContent(
  exam: Exam,
): Promise<{ content: NewFinding[] } & Omit<StoreCheck, "findings" | "packs">> {
  const { descriptors } = chooseAll(exam);
  const query = { all: true, quick: false, progress: exam.ctx.progress };
  const { verdicts, others, lost, needIsUnknown } = await verifyRepository(
    exam,
    { descriptors, rejected: [] },
    query,
  );
  const content = [
    // Packs and indexes were looked at before.
    ...others
      .filter(({ object }) => object !== null)
      .map((one) => ofOther(exam, one, needIsUnknown)),
    ...verdicts.flatMap(({ snapshot_id: id, damage = [] }) =>
      groupDamage(damage).map((group) => ofDamage(exam, id, group)),
    ),
  ];
  const damages = verdicts.flatMap(({ damage = [] }) => damage);
  const damagedFiles = [
    ...filesAmong(exam, damages).map((file) => ({ ...file, isNeeded: true })),
    ...filesAmong(exam, others).map((file) => ({ ...file, isNeeded: false })),
  ];
  const folders = damagedFolders(exam.repo, verdicts);
  return { content, lost: new Set(lost), damagedFiles, damagedFolders: folders };
}

function filesAmong(
  { repo: { layout } }: Exam,
  damages: readonly Pick<OtherDamage, "file" | "object">[] | readonly VerifiedDamage[],
): { id: ObjectId }[] {
  return damages.flatMap(({ file, object }) => {
    const isFile = `${layout.root}/${file}`.startsWith(`${layout.files}/`);
    return object !== null && isFile ? [{ id: object as ObjectId }] : [];
  });
}

function ofOther(
  { repo }: Exam,
  { file, object, why }: OtherDamage,
  needIsUnknown: boolean,
): NewFinding {
  const need = needIsUnknown ? "who needs it is unknown" : "which no snapshot needs";
  const which = object === null ? "" : ` (object ${object}, ${need})`;
  return {
    category: "integrity",
    description: `${file}: ${why}${which}`,
    severity: "error",
    error_code: "E_OBJECT_DAMAGED",
    path: `${repo.layout.root}/${file}`,
    code: "object-damaged",
    cure: needIsUnknown
      ? "jvs doctor --repair heals it, if a workspace or another pack still holds it"
      : "jvs doctor --repair takes it out of the store",
    repair: "replace_packs",
  };
}

function ofDamage(
  { repo }: Exam,
  id: SnapshotId,
  { first, count, folder }: DamageGroup,
): NewFinding {
  const { object, why, readable, file } = first;
  const where = file === null ? "" : ` in ${inWords({ ...first, path: file })}`;
  const one = `${inWords(first)} in snapshot ${id}: ${why} (object ${object}${where})`;
  const below = folder === "." ? "" : ` in ${inWords({ ...first, path: folder })}`;
  return {
    category: "integrity",
    description: count === 1 ? one : `${count} paths${below}, the first of them ${one}`,
    severity: readable ? "error" : "critical",
    error_code: file === null ? "E_OBJECT_MISSING" : "E_OBJECT_DAMAGED",
    path: file === null ? descriptorPath(repo.layout, id) : `${repo.layout.root}/${file}`,
    code: readable ? "content-at-risk" : "content-damaged",
    cure: "jvs doctor --repair heals it, if a workspace or another pack still holds it",
    repair: "heal_objects",
    ...(count === 1 ? {} : { count }),
  };
}
