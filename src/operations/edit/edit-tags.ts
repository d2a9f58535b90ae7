import { JvsError } from "../../model/errors.ts";
import { shortId } from "../../model/snapshot.ts";
import { checkName } from "../../repo/names.ts";
import type { Context } from "../context.ts";
import { type EditReport, editSnapshot } from "./edit-snapshot.ts";

export interface TagEdit {
  readonly ref: string;
  readonly tags: readonly string[];
}

/**
 * Adds tags to a snapshot; those it has already are passed over.
 *
 * @throws E_NAME_INVALID and what {@link editSnapshot} throws
 */
export function addTags(ctx: Context, { ref, tags }: TagEdit): Promise<EditReport> {
  const wanted = tags.map((tag) => checkName("tag", tag));
  return edit(ctx, {
    ref,
    reason: `add ${wanted.join(", ")}`,
    change: (old) => [...new Set([...old, ...wanted])],
  });
}

export interface TagRemoval {
  readonly ref: string;
  /** As they were typed. */
  readonly words: readonly string[];
  /** The tags in a word that is none itself. */
  split(word: string): readonly string[];
}

/**
 * Takes tags off a snapshot, whatever they are called: an import may have brought names that nobody
 * could give here.
 *
 * @throws E_NOT_FOUND when it lacks one of them
 */
export function removeTags(ctx: Context, { ref, words, split }: TagRemoval): Promise<EditReport> {
  return edit(ctx, {
    ref,
    reason: `remove ${words.join(", ")}`,
    change(old, name) {
      const tags = words.flatMap((word) => (old.includes(word) ? [word] : split(word)));
      const missing = tags.find((tag) => !old.includes(tag));
      if (missing !== undefined) throw hasNoTag(name, missing, old);
      return old.filter((tag) => !tags.includes(tag));
    },
  });
}

interface TagChange {
  readonly ref: string;
  readonly reason: string;
  change(old: readonly string[], name: string): readonly string[];
}

function edit(ctx: Context, { ref, reason, change }: TagChange): Promise<EditReport> {
  return editSnapshot(ctx, {
    ref,
    operation: "tag",
    reason,
    plan({ tags = [], snapshot_id: id }) {
      return { about: "tags", before: write(tags), after: write(change(tags, shortId(id))) };
    },
  });
}

function write(tags: readonly string[]): string | null {
  return tags.length === 0 ? null : JSON.stringify(tags);
}

function hasNoTag(name: string, tag: string, tags: readonly string[]): JvsError {
  return new JvsError(`Cannot remove the tag "${tag}" from ${name}: it does not have it`, {
    code: "E_NOT_FOUND",
    hint: tags.length === 0 ? "It has no tags" : `It has: ${tags.join(", ")}`,
    details: { tag },
  });
}
