import { JvsError } from "../../model/errors.ts";
import type { HashSetting } from "../../model/settings.ts";
import { isSnapshotId, shortId } from "../../model/snapshot.ts";
import { takeSnapshot } from "../../operations/take-snapshot.ts";
import { AdvisedError } from "../advised-error.ts";
import { type Command, defineCommand } from "../command.ts";
import { compressionNotes, nameCompression, readCompression } from "../read-compression.ts";
import { readMeta, readTags } from "../read-labels.ts";
import { readNote } from "../read-note.ts";
import { readPartialPaths } from "../read-partial-paths.ts";
import { reviewLosses } from "../render/losses.ts";
import { nameSnapshot, toSnapshotObject } from "../render/snapshots.ts";

/** `jvs snapshot`. */
export const snapshotCommand: Command = defineCommand({
  usage: "[note] [-- paths]",
  about: `Saves every file and folder of the workspace, except what .jvsignore names. The note "-" is read
from stdin. What a snapshot cannot hold (sockets, devices) is listed; when something
that should be in it could not be read, the snapshot is taken all the same and the
exit status is 3.

With paths only those are saved: the rest of the new snapshot is as in the one before, and what is
unsaved there stays unsaved. Restoring such a snapshot touches its paths alone.`,
  words: { min: 0, max: 1 },
  takesPaths: true,
  flags: {
    tag: {
      type: "string",
      multiple: true,
      value: "tag",
      about: "Add a tag; repeat it or use commas for more",
    },
    meta: {
      type: "string",
      multiple: true,
      value: "key=value",
      about: "Add a fact for programs; repeatable",
    },
    file: {
      type: "string",
      short: "F",
      value: "file",
      about: 'Take the note from a file ("-": stdin)',
    },
    paths: {
      type: "string",
      multiple: true,
      value: "a,b",
      about: "Save only these paths, counted from the top of the workspace",
    },
    compress: {
      type: "string",
      value: "none|fast|default|max",
      about: "Compress harder; what comes back is the same in any case",
    },
    hash: {
      type: "string",
      choices: ["now", "later"],
      about: "later: return when the copy is made, and read it afterwards (jvs seal)",
    },
    "if-changed": { type: "boolean", about: "Take none when nothing changed since the last one" },
    auto: {
      type: "boolean",
      about: "A program takes it: history hides it, and the oldest of its kind make room",
    },
    "allow-unstable": {
      type: "boolean",
      about: "Also keep files that change while they are read, and list them",
    },
  },
  examples: [
    { command: 'jvs snapshot "before the rewrite"', does: "save the workspace with a note" },
    { command: "jvs snapshot --tag v1.0,release", does: "save it with two tags to find it by" },
    {
      command: "make log | jvs snapshot - --if-changed",
      does: "note from a pipe, only if something changed",
    },
    { command: 'jvs snapshot "parser" -- src/parser', does: "save one folder, nothing else" },
  ],

  async run({ positionals: [word], flags, rest }, ctx, io) {
    return takeSnapshot(ctx, {
      note: readNote(io, { word, file: flags.file }),
      tags: readTags(flags.tag),
      meta: readMeta(flags.meta),
      ifChanged: flags["if-changed"],
      allowUnstable: flags["allow-unstable"],
      ...(flags.auto ? { kind: "auto" as const } : {}),
      ...(flags.hash === undefined ? {} : { hash: flags.hash as HashSetting }),
      ...readCompression(flags.compress),
      ...readPartialPaths(flags.paths, rest),
    }).catch((error: unknown) => {
      throw adviseDetached(error);
    });
  },

  render({ descriptor, unchanged }) {
    if (unchanged) return `Nothing to snapshot: the workspace is as in ${nameSnapshot(descriptor)}`;
    const { snapshot_id, tags = [], partial_paths: paths = [] } = descriptor;
    const { compression, integrity_state } = descriptor;
    const created =
      paths.length > 0
        ? `Created partial snapshot ${snapshot_id} (${paths.length} paths)`
        : `Created snapshot ${snapshot_id}`;
    return [
      created,
      ...(compression === undefined ? [] : [`  (compressed: ${nameCompression(compression)})`]),
      ...(integrity_state === "pending"
        ? ["  (its content is read later; jvs seal does so now)"]
        : []),
      ...(tags.length > 0 ? [`  Tags: ${tags.join(", ")}`] : []),
    ].join("\n");
  },

  toJson: ({ descriptor, unchanged }) => ({
    ...toSnapshotObject(descriptor),
    ...(unchanged ? { unchanged } : {}),
  }),

  review({ descriptor, unchanged, warnings, compressed_files: files }) {
    const { warning, partial } = reviewLosses(unchanged ? [] : descriptor.losses, warnings);
    const lines = [...(files === undefined ? [] : compressionNotes(descriptor, files)), warning];
    return { warning: lines.filter(Boolean).join("\n"), partial };
  },
});

/** Says how to go on from an older snapshot, in the words that users know. */
function adviseDetached(error: unknown): unknown {
  if (!(error instanceof JvsError) || error.code !== "E_DETACHED") return error;
  const id = String(error.details.snapshot_id ?? "");
  const short = isSnapshotId(id) ? shortId(id) : id;
  return new AdvisedError(
    error,
    [
      "",
      `You are currently at snapshot '${id}' (historical).`,
      "To continue working from this point:",
      `  jvs worktree fork ${short} <new-worktree-name>`,
      "Or return to the latest state:",
      "  jvs restore HEAD",
    ].join("\n"),
  );
}
