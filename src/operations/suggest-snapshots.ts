import { type Descriptor, shortId } from "../model/snapshot.ts";

/** How well `ref` fits a snapshot; the scores are those of the command line people know (0: not at all). */
function scoreOf({ snapshot_id: id, tags = [], note = "" }: Descriptor, ref: string): number {
  const words = note.toLowerCase();
  const wanted = ref.toLowerCase();
  const rules: readonly (readonly [score: number, fits: boolean])[] = [
    [1000, id === ref],
    [900, id.startsWith(ref) || shortId(id).startsWith(ref)],
    [800, tags.includes(ref)],
    [700, tags.some((tag) => tag.startsWith(ref))],
    [600, words === wanted],
    [500, words.startsWith(wanted)],
    [100, words.includes(wanted)],
    [50, id.includes(ref)],
  ];
  return rules.find(([, fits]) => fits)?.[0] ?? 0;
}

/** Snapshots that fit `ref`, the best first, then the newest. */
export function rankSnapshots(
  descriptors: readonly Descriptor[],
  ref: string,
): { descriptor: Descriptor; score: number }[] {
  return descriptors
    .filter(({ kind }) => kind !== "safety")
    .map((descriptor) => ({ descriptor, score: scoreOf(descriptor, ref) }))
    .filter(({ score }) => score > 0)
    .sort((one, other) => other.score - one.score);
}

/** "Did you mean" lines for a ref that names no snapshot; none when nothing is like it. */
export function suggestSnapshots(descriptors: readonly Descriptor[], ref: string): string[] {
  const best = rankSnapshots(descriptors, ref)
    .slice(0, 3)
    .map(({ descriptor }) => brief(descriptor));
  if (best.length === 0) return [];
  if (best.length === 1) return [`Did you mean: ${best[0]}?`];
  return ["Did you mean one of:", ...best.map((line) => `  ${line}`)];
}

function brief({ snapshot_id: id, note }: Descriptor): string {
  return `${shortId(id)} (${note ?? "no note"})`;
}
