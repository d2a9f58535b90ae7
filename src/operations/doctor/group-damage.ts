import type { VerifiedDamage } from "../../model/verify-report.ts";

/** Damaged paths of one snapshot that are told of together. */
export interface DamageGroup {
  /** The first of them: what else is said about it holds for all. */
  readonly first: VerifiedDamage;
  readonly count: number;
  /** The folder they lie in; "." for the root, or for many folders. */
  readonly folder: string;
}

/** So many paths of a snapshot are told of one by one; of more, those in one folder together. */
const MOST_SINGLE = 20;
/** So many folders; the rest is told of as one. */
const MOST_FOLDERS = 20;

/** Groups what is damaged in one snapshot: a lost pack may be all of it. */
export function groupDamage(damage: readonly VerifiedDamage[]): DamageGroup[] {
  if (damage.length <= MOST_SINGLE) return damage.map((one) => groupOf([one], folderOf(one)));
  const kinds = Map.groupBy(damage, ({ readable, file }) => `${readable} ${file}`);
  return [...kinds.values()].flatMap((alike) => {
    const folders = [...Map.groupBy(alike, folderOf)];
    const rest = folders.slice(MOST_FOLDERS).flatMap(([, paths]) => paths);
    return [
      ...folders.slice(0, MOST_FOLDERS).map(([folder, paths]) => groupOf(paths, folder)),
      ...(rest.length === 0 ? [] : [groupOf(rest, ".")]),
    ];
  });
}

function groupOf(paths: readonly VerifiedDamage[], folder: string): DamageGroup {
  return { first: paths[0] as VerifiedDamage, count: paths.length, folder };
}

function folderOf({ path }: VerifiedDamage): string {
  const end = path.lastIndexOf("/");
  return end < 0 ? "." : path.slice(0, end);
}
