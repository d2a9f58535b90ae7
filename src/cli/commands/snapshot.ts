import { JvsError } from "../../model/errors.ts";
import { isSnapshotId, shortId } from "../../model/snapshot.ts";
import { takeSnapshot } from "../../operations/take-snapshot.ts";
import { AdvisedError } from "../advised-error.ts";
import { type Command, defineCommand } from "../command.ts";
import { readMeta, readTags } from "../read-labels.ts";
import { readNote } from "../read-note.ts";
import { reviewLosses } from "../render/losses.ts";
import { nameSnapshot, toSnapshotObject } from "../render/snapshots.ts";

/** `jvs snapshot`. */
export const snapshotCommand: Command = defineCommand({
  usage: "[note]",
  about: `Saves every file and folder of the workspace, except what .jvsignore names. The note "-" is read
from stdin. What a snapshot cannot hold (sockets, devices) is listed; when something
that should be in it could not be read, the snapshot is taken all the same and the
exit status is 3.`,
  words: { min: 0, max: 1 },
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
    "if-changed": { type: "boolean", about: "Take none when nothing changed since the last one" },
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
  ],

  async run({ positionals: [word], flags }, ctx, io) {
    return takeSnapshot(ctx, {
      note: readNote(io, { word, file: flags.file }),
      tags: readTags(flags.tag),
      meta: readMeta(flags.meta),
      ifChanged: flags["if-changed"],
      allowUnstable: flags["allow-unstable"],
    }).catch((error: unknown) => {
      throw adviseDetached(error);
    });
  },

  render({ descriptor, unchanged }) {
    if (unchanged) return `Nothing to snapshot: the workspace is as in ${nameSnapshot(descriptor)}`;
    const { snapshot_id, tags = [], partial_paths: paths = [] } = descriptor;
    const created =
      paths.length > 0
        ? `Created partial snapshot ${snapshot_id} (${paths.length} paths)`
        : `Created snapshot ${snapshot_id}`;
    return tags.length > 0 ? `${created}\n  Tags: ${tags.join(", ")}` : created;
  },

  toJson: ({ descriptor, unchanged }) => ({
    ...toSnapshotObject(descriptor),
    ...(unchanged ? { unchanged } : {}),
  }),

  review: ({ descriptor, unchanged, warnings }) =>
    reviewLosses(unchanged ? [] : descriptor.losses, warnings),
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
