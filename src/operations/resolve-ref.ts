import { JvsError } from "../model/errors.ts";
import { type Descriptor, isSnapshotId, type SnapshotId, shortId } from "../model/snapshot.ts";
import type { Worktree } from "../model/worktree.ts";
import {
  hasDescriptor,
  listDescriptors,
  listSnapshotIds,
  readDescriptor,
} from "../repo/descriptors.ts";
import type { Repo } from "../repo/repo.ts";
import { Lineage } from "./lineage.ts";
import { parseMoment } from "./parse-moment.ts";
import { suggestSnapshots } from "./suggest-snapshots.ts";

/** Where refs are looked up: some, like HEAD, mean something in a worktree only. */
export interface RefScope {
  readonly repo: Repo;
  readonly worktree?: Worktree | undefined;
  readonly now: Date;
}

/**
 * Finds the snapshot that a user means. In this order: `HEAD`, `HEAD~2`, `@{2 hours ago}`; a whole
 * id; a tag (the newest that has it); the random part of an id; a whole note; and last, if only one
 * fits, the beginning of a note, a tag or an id.
 *
 * @throws E_USAGE for "", E_NOT_FOUND with suggestions, E_AMBIGUOUS with the candidates
 */
export function resolveRef(scope: RefScope, ref: string): Descriptor {
  const { repo } = scope;
  if (ref === "")
    throw new JvsError("Cannot use an empty snapshot name", {
      code: "E_USAGE",
      hint: "Give an id, a tag, a note or HEAD; `jvs history` lists them",
    });
  if (isSnapshotId(ref) && hasDescriptor(repo, ref)) return readDescriptor(repo, ref);
  const special = resolveSpecial(scope, ref);
  if (special !== undefined) return special;
  return resolveByWords(repo, ref);
}

function resolveSpecial(scope: RefScope, ref: string): Descriptor | undefined {
  const steps = /^(?:HEAD|@)(?:~(\d*)|(\^*))$/.exec(ref);
  if (steps !== null && ref !== "@^") return ancestor(scope, ref, countSteps(steps));
  const moment = /^(?:HEAD)?@\{(.+)\}$/.exec(ref)?.[1];
  return moment === undefined ? undefined : atMoment(scope, ref, moment);
}

function countSteps([, digits, carets]: RegExpExecArray): number {
  if (digits !== undefined) return digits === "" ? 1 : Number(digits);
  return carets?.length ?? 0;
}

function ancestor(scope: RefScope, ref: string, steps: number): Descriptor {
  const start = scope.worktree?.head_snapshot_id;
  if (start === undefined)
    throw missing(
      scope.repo,
      ref,
      scope.worktree === undefined ? "you are in no worktree here" : "there is no snapshot yet",
    );
  let step = 0;
  for (const descriptor of new Lineage(scope.repo).walk(start))
    if (step++ === steps) return descriptor;
  throw missing(scope.repo, ref, `the history has only ${step} snapshots`);
}

/** The newest snapshot that leads to the latest one and was there at that moment. */
function atMoment(scope: RefScope, ref: string, text: string): Descriptor {
  const moment = parseMoment(text, scope.now);
  if (moment === undefined)
    throw new JvsError(`Cannot understand the time in "${ref}"`, {
      code: "E_USAGE",
      hint: "Write @{2 hours ago}, @{yesterday} or @{2026-01-31 14:00}",
    });
  for (const descriptor of new Lineage(scope.repo).walk(scope.worktree?.latest_snapshot_id))
    if (new Date(descriptor.created_at) <= moment) return descriptor;
  throw missing(scope.repo, ref, "there was no snapshot yet at that time");
}

function resolveByWords(repo: Repo, ref: string): Descriptor {
  const byTail = listSnapshotIds(repo).filter((id) => shortId(id) === ref);
  const { descriptors } = listDescriptors(repo);
  const named = descriptors.filter(({ kind }) => kind === "manual" || kind === "import");
  const tagged = named.find(({ tags }) => tags?.includes(ref));
  if (tagged !== undefined) return tagged;
  if (byTail.length === 1) return readDescriptor(repo, byTail[0] as SnapshotId);
  const whole = named.filter(({ note }) => note === ref);
  if (whole.length === 1) return whole[0] as Descriptor;
  const fitting = named.filter((descriptor) => begins(descriptor, ref));
  // Hidden kinds have no notes that people type; their ids may still be given in part.
  const pool =
    fitting.length > 0 ? fitting : descriptors.filter(({ snapshot_id: id }) => fitsId(id, ref));
  if (pool.length === 1) return pool[0] as Descriptor;
  throw pool.length === 0 ? missing(repo, ref) : ambiguous(ref, pool);
}

function begins({ note, tags, snapshot_id: id }: Descriptor, ref: string): boolean {
  return (
    (note ?? "").startsWith(ref) ||
    (tags ?? []).some((tag) => tag.startsWith(ref)) ||
    fitsId(id, ref)
  );
}

/** Few digits of the random part fit by chance: three at least. */
function fitsId(id: SnapshotId, ref: string): boolean {
  return id.startsWith(ref) || (ref.length >= 3 && shortId(id).startsWith(ref));
}

function missing(repo: Repo, ref: string, why?: string): JvsError {
  const hint = suggestSnapshots(listDescriptors(repo).descriptors, ref);
  return new JvsError(`snapshot '${ref}' not found${why === undefined ? "" : `: ${why}`}`, {
    code: "E_NOT_FOUND",
    hint: [...hint, "Run jvs history to see available snapshots."].join("\n"),
    details: { ref },
  });
}

function ambiguous(ref: string, pool: readonly Descriptor[]): JvsError {
  const lines = pool
    .slice(0, 10)
    .map(({ snapshot_id: id, note }) => `  ${shortId(id)}  ${id}  ${note ?? "(no note)"}`);
  const more = pool.length > 10 ? [`  ... and ${pool.length - 10} more`] : [];
  return new JvsError(`Cannot tell which snapshot "${ref}" means: ${pool.length} fit`, {
    code: "E_AMBIGUOUS",
    hint: ["Give more of it, or the id of one:", ...lines, ...more].join("\n"),
    details: { ref, candidates: pool.map(({ snapshot_id: id }) => id) },
  });
}
