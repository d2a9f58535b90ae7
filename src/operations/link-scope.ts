import { pathFields, type RawPath } from "../model/raw-path.ts";
import type { RestoreIssue } from "../model/reports.ts";
import type { LinkAnchor } from "../tree/apply/action.ts";
import type { LinkGroup } from "../tree/link-groups.ts";

/** Groups of hard links, as far as a move reaches. */
export interface LinkScope {
  readonly liveLinks: readonly LinkGroup[];
  readonly wantedLinks: readonly LinkGroup[];
  /** For groups that join a name out of reach: that name. */
  readonly anchors: ReadonlyMap<LinkGroup, LinkAnchor>;
  /** Paths whose other names are out of reach and not as they were: they stay apart. */
  readonly parted: readonly RestoreIssue[];
}

export interface LinkScopeInput {
  /** All groups, whether in reach or not. */
  readonly live: readonly LinkGroup[];
  readonly wanted: readonly LinkGroup[];
  /** Whether the move may change the path. */
  readonly isInReach: (path: RawPath) => boolean;
  /**
   * What to join at a path out of reach, undefined where it is not as wanted. Left out, groups end at
   * the border.
   */
  readonly anchorAt?: (path: RawPath) => LinkAnchor | undefined;
}

/** Cuts the groups at the border of what a move reaches, and finds what they can join beyond it. */
export function scopeLinks({ live, wanted, isInReach, anchorAt }: LinkScopeInput): LinkScope {
  const within = (group: LinkGroup): LinkGroup => group.filter(isInReach);
  const isGroup = (group: LinkGroup): boolean => group.length > 1;
  const liveLinks = live.map(within).filter(isGroup);
  if (anchorAt === undefined)
    return {
      liveLinks,
      wantedLinks: wanted.map(within).filter(isGroup),
      anchors: new Map(),
      parted: [],
    };
  const liveGroupOf = new Map(live.flatMap((group) => group.map((path) => [path, group] as const)));
  const isJoined = ([first, ...others]: LinkGroup): boolean => {
    const joined = liveGroupOf.get(first as RawPath);
    return joined !== undefined && others.every((path) => liveGroupOf.get(path) === joined);
  };
  const anchors = new Map<LinkGroup, LinkAnchor>();
  const parted: RestoreIssue[] = [];
  const wantedLinks = wanted.map((group) => {
    const inReach = within(group);
    if (inReach.length === 0 || inReach.length === group.length || isJoined(group)) return inReach;
    const anchor = group.filter((path) => !isInReach(path)).map(anchorAt);
    const found = anchor.find((one) => one !== undefined);
    if (found === undefined) parted.push(...inReach.map(partedFrom));
    else anchors.set(inReach, found);
    return inReach;
  });
  return {
    liveLinks,
    wantedLinks: wantedLinks.filter((group) => isGroup(group) || anchors.has(group)),
    anchors,
    parted,
  };
}

function partedFrom(path: RawPath): RestoreIssue {
  const why = "its other names have been changed since: it is a file of its own";
  return { ...pathFields(path), kind: "degraded", why };
}
