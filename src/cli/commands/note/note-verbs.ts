import { type Command, defineCommand, type VerbEntry } from "../../command.ts";
import { readNote } from "../../read-note.ts";
import { nameSnapshot, toSnapshotObject } from "../../render/snapshots.ts";
import { UsageError } from "../../usage-error.ts";

const editCommand: Command = defineCommand({
  usage: "<ref> [note]",
  about: `Gives a snapshot another note. Its id and its content stay. "-" reads the note from stdin, "" takes
it away. "jvs undo" brings the old one back.`,
  words: { min: 1, max: 2 },
  flags: {
    file: {
      type: "string",
      short: "F",
      value: "file",
      about: 'Take the note from a file ("-": stdin)',
    },
  },
  examples: [
    { command: 'jvs note edit HEAD "works on both machines"', does: "say it better" },
    { command: "jvs note edit v1.0 -F notes.txt", does: "a long note from a file" },
  ],

  async run({ positionals: [ref = "", word], flags: { file } }, ctx, io) {
    if (word === undefined && file === undefined)
      throw new UsageError("accepts 2 arg(s), received 1", "Give the note, - or --file");
    const { editNote } = await import("../../../operations/edit/edit-note.ts");
    return editNote(ctx, { ref, note: readNote(io, { word, file }) });
  },

  render: ({ descriptor, unchanged }) =>
    unchanged
      ? `Nothing to change: ${nameSnapshot(descriptor)}`
      : `Changed the note: ${nameSnapshot(descriptor)}`,
  toJson: ({ descriptor }) => toSnapshotObject(descriptor),
});

/** What may follow `jvs note`. */
export const noteVerbs: readonly VerbEntry[] = [
  {
    name: "edit",
    aliases: [],
    summary: "Give a snapshot another note",
    load: async () => editCommand,
  },
];
