import type { RawPath } from "../model/raw-path.ts";
import type { LinkGroup } from "../tree/link-groups.ts";

/** The groups of hard links on both sides of a comparison. */
export interface LinkSides {
  readonly before: readonly LinkGroup[];
  readonly after: readonly LinkGroup[];
}

/** Paths whose group of hard links is another than before. */
export function findRelinked({ before, after }: LinkSides): RawPath[] {
  const numbers = new Map<string, number>();
  // A number for each group: thousands of names with the text of all of them would be a square.
  const numberOf = (group: LinkGroup): number => {
    const text = group.join("\0");
    return numbers.get(text) ?? numbers.set(text, numbers.size).size - 1;
  };
  const groupsOf = (groups: readonly LinkGroup[]): Map<RawPath, number> => {
    const found = new Map<RawPath, number>();
    for (const group of groups) {
      const number = numberOf(group);
      for (const path of group) found.set(path, number);
    }
    return found;
  };
  const old = groupsOf(before);
  const now = groupsOf(after);
  return [...new Set([...old.keys(), ...now.keys()])].filter(
    (path) => old.get(path) !== now.get(path),
  );
}
