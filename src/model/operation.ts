/** Who did it. */
export interface Actor {
  readonly user: string;
  readonly host: string;
  readonly pid: number;
  readonly agent?: string;
  readonly session?: string;
  readonly tool_call?: string;
}

/** A name that an operation moved: what it was, what it became. */
export type RefMove = readonly [before: string | null, after: string | null];

/** One line of the operation log. */
export interface OperationRecord {
  readonly seq: number;
  readonly event_id: string;
  readonly timestamp: string;
  /** `init`, `snapshot`, `restore`, `undo`, `redo`, ... */
  readonly operation: string;
  readonly actor: Actor;
  /** What it was about: mostly a snapshot id. */
  readonly target: string;
  readonly reason: string;
  /**
   * `<worktree>/head`, `<worktree>/latest`: snapshot ids. `<worktree>/files`: the snapshots that hold
   * the workspace's content before and after. `undoes`: for undo and redo, the `seq` of the operation
   * taken back, or done again, as text, in the second place.
   */
  readonly refs: Readonly<Record<string, RefMove>>;
  readonly prev_hash: string;
  readonly record_hash: string;
}
