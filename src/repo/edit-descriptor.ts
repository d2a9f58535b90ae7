import { writeAtomic } from "../fs/write-atomic.ts";
import type { Descriptor } from "../model/snapshot.ts";
import { sealDescriptor } from "./descriptors.ts";
import { formatPlainJson } from "./json-object.ts";
import { descriptorPath } from "./layout.ts";
import type { Repo } from "./repo.ts";

/** What people may change of a snapshot that is there. */
export interface DescriptorEdit {
  readonly note?: string;
  readonly tags?: readonly string[];
}

/**
 * Writes the record of the snapshot anew, with another note or other tags; an empty one is left out.
 * Its id and all other fields stay, the checksum is that of the new record. Durable when this
 * returns. The caller keeps other editors away.
 */
export function editDescriptor(
  { layout }: Repo,
  descriptor: Descriptor,
  edit: DescriptorEdit,
): Descriptor {
  const { descriptor_checksum: _, note: oldNote, tags: oldTags, ...rest } = descriptor;
  const { note = oldNote ?? "", tags = oldTags ?? [] } = edit;
  const edited = sealDescriptor({
    ...rest,
    ...(note === "" ? {} : { note }),
    ...(tags.length === 0 ? {} : { tags }),
  });
  replaceDescriptor({ layout }, edited);
  return edited;
}

/** What becomes known of a pending snapshot. */
export type SealedFields = Pick<Descriptor, "payload_root_hash" | "stored_bytes">;

/** The record of a pending snapshot, once all its content has its name. */
export function sealedDescriptor(pending: Descriptor, fields: SealedFields): Descriptor {
  const { descriptor_checksum: _, ...rest } = pending;
  return sealDescriptor({ ...rest, ...fields, integrity_state: "verified" });
}

/** Puts the record in the place of the older one. Durable when this returns. The caller keeps other editors away. */
export function replaceDescriptor({ layout }: Pick<Repo, "layout">, descriptor: Descriptor): void {
  const path = descriptorPath(layout, descriptor.snapshot_id);
  writeAtomic(path, formatPlainJson(descriptor), { sync: true, soleWriter: true });
}
