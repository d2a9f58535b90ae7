import { relative } from "node:path";
import { Garbage } from "../../model/garbage.ts";
import type { Progress } from "../../model/progress.ts";
import type { OtherDamage } from "../../model/verify-report.ts";
import { checkPacks, type PackCheck } from "../../store/check-packs.ts";
import { IdKey } from "../../store/id-key.ts";
import { isReadable } from "../../store/is-readable.ts";
import type { ObjectDamage } from "../../store/object-damage.ts";
import type { Repository } from "../open-workspace.ts";
import type { Reach } from "./reach-objects.ts";

/** What checksums and indexes say about the objects, without hashing their content. */
export interface QuickAudit {
  readonly damages: readonly ObjectDamage[];
  readonly others: readonly OtherDamage[];
}

/** Compares the checksums of all packs, and looks whether each wanted object is there. */
export async function quickAudit(
  { repo, store }: Repository,
  { wanted }: Reach,
  progress: Progress,
): Promise<QuickAudit> {
  const damages: ObjectDamage[] = [];
  const others: OtherDamage[] = [];
  let done = 0;
  for (const check of checkPacks(repo.layout.objects, "all")) {
    damages.push(...damagesOf(check, store));
    others.push(...othersOf(check, repo.layout.root));
    progress.report({ phase: "checking packs", done: ++done });
    await progress.breathe();
  }
  const garbage = new Garbage();
  for (let number = 0; number < wanted.count; number++) {
    garbage.add();
    const id = wanted.idOf(number);
    if (!store.has(id))
      damages.push({ id, why: "it is not in the store", part: "content", readable: false });
  }
  const atRisk = withoutSafe(damages);
  return { damages: atRisk, others: [...others, ...unneededOf(atRisk, wanted, repo.layout)] };
}

/** The damaged objects that are not among the wanted ones, each once in a file. */
export function unneededOf(
  damages: readonly ObjectDamage[],
  wanted: Reach["wanted"],
  { objects, root }: Repository["repo"]["layout"],
): OtherDamage[] {
  const key = new IdKey();
  const unneeded = new Map<string, OtherDamage>();
  for (const { id, why, file = objects } of damages) {
    const isNeeded = key.set(id) && wanted.has(key);
    if (!isNeeded && !unneeded.has(file + id))
      unneeded.set(file + id, { file: relative(root, file), object: id, why });
  }
  return [...unneeded.values()];
}

/** What another copy still gives is read: there is little of it, and nothing else tells. */
function damagesOf({ path, problems }: PackCheck, store: Repository["store"]): ObjectDamage[] {
  return problems.flatMap(({ id, why }): ObjectDamage[] =>
    id === undefined
      ? []
      : [{ id, why, part: "content", file: path, readable: isReadable(store, id) }],
  );
}

/**
 * A file that holds something lost stays, as evidence. What it held besides, and another one holds
 * intact, is then no longer at risk.
 */
export function withoutSafe(damages: readonly ObjectDamage[]): ObjectDamage[] {
  const kept = new Set(damages.filter(({ readable }) => !readable).map(({ file }) => file));
  const safe = new Set(
    damages
      .filter(({ readable, part, file }) => readable && part === "content" && kept.has(file))
      .map(({ file, id }) => `${file} ${id}`),
  );
  return damages.filter(({ file, id }) => !safe.has(`${file} ${id}`));
}

/** What checksums say about a pack and its index that is not about the content of one object. */
export function othersOf(
  { path, problems, indexPath, index }: PackCheck,
  root: string,
): OtherDamage[] {
  const ofPack = problems.flatMap(({ id, why, offset }) =>
    id === undefined
      ? [{ file: relative(root, path), object: null, why: `${why} (at byte ${offset})` }]
      : [],
  );
  if (index !== "damaged") return ofPack;
  const why = "the index is damaged; it can be made anew from its pack";
  return [...ofPack, { file: relative(root, indexPath), object: null, why }];
}
