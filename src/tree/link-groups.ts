import type { RawPath } from "../model/raw-path.ts";
import { escapeName, unescapeName } from "./escape-name.ts";
import type { Scan } from "./scan-result.ts";
import { KIND } from "./scan-table.ts";

/** Paths that are names of one file, sorted; at least two. */
export type LinkGroup = readonly RawPath[];

/** The groups of paths in the workspace that share an inode, sorted by their first path. */
export function findLinkGroups({ table, linked }: Scan): LinkGroup[] {
  const byInode = new Map<string, RawPath[]>();
  for (const [row, inode] of linked) {
    if (table.kind[row] !== KIND.file) continue;
    const group = byInode.get(inode);
    if (group === undefined) byInode.set(inode, [table.pathOf(row)]);
    else group.push(table.pathOf(row));
  }
  return [...byInode.values()]
    .filter((group) => group.length > 1)
    .map((group) => group.sort())
    .sort((one, other) => ((one[0] as RawPath) < (other[0] as RawPath) ? -1 : 1));
}

/** One line a group: its paths, escaped as names are, with a space between. */
export function encodeLinkGroups(groups: readonly LinkGroup[]): Uint8Array {
  const lines = groups.map((group) => `${group.map(escapeName).join(" ")}\n`);
  return Buffer.from(lines.join(""), "latin1");
}

/** The inverse of {@link encodeLinkGroups}. */
export function decodeLinkGroups(bytes: Uint8Array): LinkGroup[] {
  const lines = Buffer.from(bytes).latin1Slice().split("\n").slice(0, -1);
  return lines.map((line) => line.split(" ").map(unescapeName));
}
