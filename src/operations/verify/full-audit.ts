import type { Progress } from "../../model/progress.ts";
import type { OtherDamage } from "../../model/verify-report.ts";
import { auditObjects } from "../../store/audit-objects.ts";
import { checkPacks } from "../../store/check-packs.ts";
import type { ObjectDamage } from "../../store/object-damage.ts";
import type { Repository } from "../open-workspace.ts";
import { othersOf, unneededOf, withoutSafe } from "./quick-audit.ts";
import type { Reach } from "./reach-objects.ts";

export interface FullAudit {
  readonly damages: readonly ObjectDamage[];
  /** What no snapshot in question needs. */
  readonly others: readonly OtherDamage[];
  readonly objects: number;
  readonly bytes: number;
}

/** Reads and hashes what is wanted; with `everything` also what no snapshot needs. */
export async function fullAudit(
  { repo: { layout } }: Repository,
  { wanted, unreadable }: Reach,
  { everything, progress }: { everything: boolean; progress: Progress },
): Promise<FullAudit> {
  const audit = await auditObjects(layout.objects, { wanted, everything, progress });
  const known = new Set(audit.damages.map(({ id }) => id));
  // Folders that are as they were written, and yet are none.
  const wrong = [...unreadable].filter(([id]) => !known.has(id));
  const damages: ObjectDamage[] = [
    ...withoutSafe(audit.damages),
    ...wrong.map(([id, why]) => ({ id, why, part: "content" as const, readable: false })),
  ];
  const others = unneededOf(damages, wanted, layout);
  const files = new Set(audit.damages.map(({ file }) => file));
  const frames = everything ? await checkFrames(layout, files, progress) : [];
  const { objects, bytes } = audit;
  return { damages, others: [...others, ...frames], objects, bytes };
}

/** What lies around the content in packs, and their indexes; packs with damaged content are told of already. */
async function checkFrames(
  { objects, root }: Repository["repo"]["layout"],
  told: ReadonlySet<string | undefined>,
  progress: Progress,
): Promise<OtherDamage[]> {
  const others: OtherDamage[] = [];
  for (const check of checkPacks(objects, "frames")) {
    const isTold = told.has(check.path);
    others.push(...othersOf(isTold ? { ...check, problems: [] } : check, root));
    await progress.breathe();
  }
  return others;
}
