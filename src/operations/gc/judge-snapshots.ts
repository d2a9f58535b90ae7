import { JvsError } from "../../model/errors.ts";
import { applyRules, type RetentionPolicy, type RetentionRules } from "../../model/retention.ts";
import type { Descriptor, SnapshotId } from "../../model/snapshot.ts";
import { listDescriptors } from "../../repo/descriptors.ts";
import type { Repo } from "../../repo/repo.ts";
import { readRetention } from "../../repo/retention-policy.ts";
import { readTombstones } from "../../repo/tombstones.ts";
import type { Context } from "../context.ts";
import {
  listMissed,
  listProtected,
  listRecentlyUsed,
  type Protector,
  protectionOf,
} from "./protect-snapshots.ts";

/** What becomes of a snapshot, and why. */
export interface Verdict {
  readonly descriptor: Descriptor;
  readonly keep: boolean;
  readonly by: Protector | "rule" | "history" | "nothing";
  readonly reason: string;
}

export interface Judgement {
  /** Newest first. */
  readonly verdicts: readonly Verdict[];
  readonly policy: RetentionPolicy;
}

/**
 * Says for every snapshot whether gc keeps it. Reads descriptors and small records only.
 *
 * @throws E_CONFIG, E_DESCRIPTOR_CORRUPT when something that may protect a snapshot cannot be read
 */
export function judgeSnapshots(ctx: Pick<Context, "now" | "retention">, repo: Repo): Judgement {
  const { descriptors, unreadable } = listDescriptors(repo);
  const [damaged] = unreadable;
  if (damaged !== undefined) throw refuseDamaged(damaged);
  const policy = readRetention(repo, ctx.retention);
  const judge = new Judge(repo, { descriptors, policy, now: ctx.now() });
  return { verdicts: descriptors.map((descriptor) => judge.judge(descriptor)), policy };
}

interface Case {
  readonly descriptors: readonly Descriptor[];
  readonly policy: RetentionPolicy;
  readonly now: Date;
}

class Judge {
  readonly #policy: RetentionPolicy;
  readonly #now: Date;
  readonly #always: ReturnType<typeof listProtected>;
  readonly #recent: ReturnType<typeof listRecentlyUsed>;
  readonly #reachable: ReadonlySet<SnapshotId>;
  /** What leads to recently used ones: brought back, they have their history. */
  readonly #leading: ReadonlySet<SnapshotId>;
  readonly #ruled: ReadonlyMap<SnapshotId, string>;

  constructor(repo: Repo, { descriptors, policy, now }: Case) {
    this.#policy = policy;
    this.#now = now;
    this.#always = new Map([...listMissed(repo, now), ...listProtected(repo, now)]);
    this.#recent = listRecentlyUsed(repo, now);
    const roots = descriptors
      .filter((one) => this.#always.has(one.snapshot_id) || this.#ownProtection(one)?.by === "tag")
      .map(({ snapshot_id: id }) => id);
    const parents = parentsOf(repo, descriptors);
    this.#reachable = findReachable(parents, roots);
    this.#leading = findReachable(parents, this.#recent.keys());
    const ruled = descriptors.filter(({ snapshot_id: id }) => this.#reachable.has(id));
    this.#ruled = applyPolicy(ruled, policy, now);
  }

  judge(descriptor: Descriptor): Verdict {
    const { snapshot_id: id } = descriptor;
    const protection = this.#always.get(id) ?? this.#ownProtection(descriptor);
    if (protection !== undefined) return { descriptor, keep: true, ...protection };
    const rules = rulesFor(descriptor, this.#policy);
    if (this.#reachable.has(id) && descriptor.kind !== "safety")
      return this.#judgeHistory(descriptor, rules);
    const recent = this.#recent.get(id);
    if (recent !== undefined) return { descriptor, keep: true, ...recent };
    if (this.#leading.has(id) && descriptor.kind !== "safety")
      return { descriptor, keep: true, by: "undo", reason: "history of what can be taken back" };
    const reason =
      descriptor.kind === "safety"
        ? "safety snapshot, older than 7 days"
        : "no worktree, pin, label or tag leads to it";
    return { descriptor, keep: false, by: "nothing", reason };
  }

  #judgeHistory(descriptor: Descriptor, rules: RetentionRules | undefined): Verdict {
    if (rules === undefined)
      return { descriptor, keep: true, by: "history", reason: "part of the history" };
    const rule = this.#ruled.get(descriptor.snapshot_id);
    return rule === undefined
      ? { descriptor, keep: false, by: "nothing", reason: "no retention rule keeps it" }
      : { descriptor, keep: true, by: "rule", reason: `retention: ${rule}` };
  }

  #ownProtection(descriptor: Descriptor): ReturnType<typeof protectionOf> {
    const tagsCount = rulesFor(descriptor, this.#policy)?.keep_tags === undefined;
    return protectionOf(descriptor, { tagsCount, now: this.#now });
  }
}

/** Safety snapshots have a term of their own. */
function rulesFor({ kind }: Descriptor, policy: RetentionPolicy): RetentionRules | undefined {
  if (kind === "safety") return undefined;
  return kind === "auto" ? policy.auto : policy.manual;
}

type Parents = ReadonlyMap<SnapshotId, SnapshotId | undefined>;

/** Also those of snapshots that were removed. */
function parentsOf(repo: Repo, descriptors: readonly Descriptor[]): Parents {
  const parents = new Map(descriptors.map((one) => [one.snapshot_id, one.parent_id]));
  for (const [id, { parent_id }] of readTombstones(repo))
    if (!parents.has(id)) parents.set(id, parent_id);
  return parents;
}

/** What leads to the roots, past snapshots that were removed. */
function findReachable(parents: Parents, roots: Iterable<SnapshotId>): Set<SnapshotId> {
  const reached = new Set<SnapshotId>();
  for (const root of roots)
    for (let id: SnapshotId | undefined = root; id !== undefined && !reached.has(id); ) {
      reached.add(id);
      id = parents.get(id);
    }
  return reached;
}

/** Each worktree's snapshots of each kind by themselves. */
function applyPolicy(
  descriptors: readonly Descriptor[],
  policy: RetentionPolicy,
  now: Date,
): Map<SnapshotId, string> {
  const kept = new Map<SnapshotId, string>();
  const groups = Map.groupBy(
    descriptors,
    (one) => `${one.kind === "auto" ? "auto" : "manual"} ${one.worktree_name}`,
  );
  for (const group of groups.values()) {
    const own = group.filter(({ kind }) => kind !== "safety");
    const rules = own[0] && rulesFor(own[0], policy);
    if (rules === undefined) continue;
    for (const [id, rule] of applyRules(own, rules, now)) kept.set(id, rule);
  }
  return kept;
}

function refuseDamaged({ id, why }: { id: SnapshotId; why: string }): JvsError {
  return new JvsError(`Cannot collect garbage: the record of snapshot ${id} is damaged: ${why}`, {
    code: "E_DESCRIPTOR_CORRUPT",
    hint: "Nobody can tell what it needs, so nothing was removed; `jvs doctor` says what can be done",
    details: { snapshot_id: id },
  });
}
