import type { RestoreIssue } from "../model/reports.ts";
import type { Descriptor } from "../model/snapshot.ts";
import type { Worktree } from "../model/worktree.ts";
import type { ForkPlace } from "../repo/fork-place.ts";
import type { NewIndex } from "./index-new-workspace.ts";
import type { Repository } from "./open-workspace.ts";
import type { WorktreePlan } from "./worktree-plan.ts";

/** A plan whose worktree does not exist yet. */
export type MakePlan = WorktreePlan & { readonly after: Worktree };

/** What it takes to carry it out. */
export interface MakeWork {
  readonly repository: Repository;
  readonly place: ForkPlace;
  /** What the new workspace is to hold; null for nothing. */
  readonly content: Descriptor | null;
}

/** What a new workspace came to hold. */
export interface Filled {
  /** What of the content the system refused. */
  readonly issues: readonly RestoreIssue[];
  /** What is known of it, where it is all that was to be. */
  readonly index: NewIndex | undefined;
}

export type FillOrder = MakeWork & {
  /** What is left to do while the content is on its way to the disk. */
  meanwhile(): void;
};
