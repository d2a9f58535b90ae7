import { relative } from "node:path";
import type { Progress } from "../../model/progress.ts";
import type { OtherDamage } from "../../model/verify-report.ts";
import { auditObjects } from "../../store/audit-objects.ts";
import { IdKey } from "../../store/id-key.ts";
import type { ObjectDamage } from "../../store/object-damage.ts";
import type { Repository } from "../open-workspace.ts";
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
    ...audit.damages,
    ...wrong.map(([id, why]) => ({ id, why, part: "content" as const, readable: false })),
  ];
  const key = new IdKey();
  const others = damages
    .filter(({ id }) => !(key.set(id) && wanted.has(key)))
    .map(({ id, why, file = layout.objects }) => ({
      file: relative(layout.root, file),
      object: id,
      why,
    }));
  return { damages, others, objects: audit.objects, bytes: audit.bytes };
}
