import { JvsError } from "../model/errors.ts";
import { type Descriptor, shortId } from "../model/snapshot.ts";
import type { WorktreeMade } from "../model/worktree-reports.ts";
import { readDescriptor } from "../repo/descriptors.ts";
import { checkName } from "../repo/names.ts";
import type { Repo } from "../repo/repo.ts";
import { hasWorktree } from "../repo/worktrees.ts";
import type { Context } from "./context.ts";
import { makeNewWorktree, type NewWorktree } from "./make-new-worktree.ts";
import { openWorkspace, type Repository, type Workspace } from "./open-workspace.ts";
import { type ForkWorktreeOptions, readForkWords } from "./read-fork-words.ts";
import { resolveRef } from "./resolve-ref.ts";
import { withSealed } from "./seal/seal-pending.ts";

/**
 * Makes a worktree from a snapshot. A single word is a snapshot when it names one, and else the name
 * of the fork, whose base then is HEAD.
 *
 * @throws what {@link createWorktree} throws, and E_USAGE for words and flags that say the same
 */
export function forkWorktree(ctx: Context, options: ForkWorktreeOptions): Promise<WorktreeMade> {
  return withSealed(ctx, () => fork(ctx, options));
}

async function fork(ctx: Context, options: ForkWorktreeOptions): Promise<WorktreeMade> {
  const workspace = openWorkspace(ctx);
  const { repo, worktree } = workspace;
  const reading = readForkWords(options, (ref) =>
    resolveRef({ repo, worktree, now: ctx.now() }, ref),
  );
  const content = reading.content ?? headOf(workspace);
  const made = await makeFork(ctx, workspace, {
    ...(reading.name === undefined ? {} : { name: checkName("worktree", reading.name) }),
    path: options.path,
    content,
    here: worktree.name,
    operation: "fork",
  });
  const { note } = reading;
  return note === undefined ? made : { ...made, reading: note(content, made.worktree.name) };
}

/** Under the name that was asked for, or under the first automatic one that nobody else takes meanwhile. */
async function makeFork(
  ctx: Context,
  repository: Repository,
  {
    name,
    ...wanted
  }: Omit<NewWorktree, "name" | "content"> & {
    readonly name?: string;
    readonly content: Descriptor;
  },
): Promise<WorktreeMade> {
  if (name !== undefined) return await makeNewWorktree(ctx, repository, { ...wanted, name });
  for (;;) {
    const free = automaticName(repository.repo, wanted.content);
    try {
      return await makeNewWorktree(ctx, repository, { ...wanted, name: free });
    } catch (error) {
      const isTaken = error instanceof JvsError && error.code === "E_EXISTS";
      if (!isTaken || !hasWorktree(repository.repo, free)) throw error;
    }
  }
}

function headOf({ repo, worktree }: Workspace): Descriptor {
  if (worktree.head_snapshot_id !== undefined)
    return readDescriptor(repo, worktree.head_snapshot_id);
  throw new JvsError("current worktree has no snapshots to fork from", {
    code: "E_NOT_FOUND",
    hint: "Run `jvs snapshot` first, or name a snapshot: `jvs history --all` lists them",
    details: { worktree: worktree.name },
  });
}

/** `fork-<id8>`, with a number behind it when that is taken. */
function automaticName(repo: Repo, { snapshot_id: id }: Descriptor): string {
  const base = `fork-${shortId(id)}`;
  let name = base;
  for (let count = 2; hasWorktree(repo, name); count++) name = `${base}-${count}`;
  return name;
}
