import {
  decodeExact,
  fromBytes,
  fromText,
  type RawPath,
  toBytes,
  toText,
} from "../model/raw-path.ts";
import type { Descriptor } from "../model/snapshot.ts";

/** The fields of a descriptor that name the paths of a partial snapshot; none for a whole one. */
export function partialFields(
  only: readonly RawPath[] | undefined,
): Pick<Descriptor, "partial_paths" | "partial_paths_base64"> {
  if (only === undefined) return {};
  const fields = { partial_paths: only.map(toText) };
  if (only.every((path) => decodeExact(path) === toText(path))) return fields;
  return {
    ...fields,
    partial_paths_base64: only.map((path) => Buffer.from(toBytes(path)).toString("base64")),
  };
}

/** The paths that the snapshot is about, from the root of the workspace; none for all of it. */
export function partialPathsOf({
  partial_paths: words = [],
  partial_paths_base64: bytes,
}: Descriptor): RawPath[] {
  if (bytes === undefined) return words.map(fromText);
  return bytes.map((text) => fromBytes(Buffer.from(text, "base64")));
}
