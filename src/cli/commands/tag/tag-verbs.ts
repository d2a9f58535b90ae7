import type { Context } from "../../../operations/context.ts";
import type { EditReport } from "../../../operations/edit/edit-snapshot.ts";
import { type Command, defineCommand, type VerbEntry } from "../../command.ts";
import { readTags, splitList } from "../../read-labels.ts";
import { nameSnapshot, toSnapshotObject } from "../../render/snapshots.ts";
import { UsageError } from "../../usage-error.ts";

const addCommand: Command = makeCommand({
  about: `Adds tags to a snapshot: names to find it by. Its id and its content stay. Where several snapshots
have a tag, the newest is meant. "jvs undo" takes it back.`,
  examples: [
    { command: "jvs tag add HEAD v1.0", does: "tag where the workspace stands" },
    { command: "jvs tag add 1a2b3c4d good,tested", does: "two tags at once" },
  ],
  async run(ctx, ref, words) {
    const tags = readTags(words);
    if (tags.length === 0) throw new UsageError("accepts a ref and at least one tag");
    const { addTags } = await import("../../../operations/edit/edit-tags.ts");
    return addTags(ctx, { ref, tags });
  },
});

const removeCommand: Command = makeCommand({
  about: `Takes tags off a snapshot; the snapshot stays. "jvs undo" puts them back.`,
  examples: [
    { command: "jvs tag remove v1.0 v1.0", does: "take the tag off the snapshot that has it" },
    { command: "jvs tag remove HEAD wip", does: "not in progress any more" },
  ],
  async run(ctx, ref, words) {
    const { removeTags } = await import("../../../operations/edit/edit-tags.ts");
    return removeTags(ctx, { ref, words, split: (word) => splitList([word]) });
  },
});

interface TagVerb {
  readonly about: string;
  readonly examples: Command["examples"];
  run(ctx: Context, ref: string, words: readonly string[]): Promise<EditReport>;
}

function makeCommand({ about, examples, run }: TagVerb): Command {
  return defineCommand({
    usage: "<ref> <tag>...",
    about,
    words: { min: 2, max: Number.POSITIVE_INFINITY },
    flags: {},
    examples,
    async run({ positionals: [ref = "", ...words] }, ctx) {
      return run(ctx, ref, words);
    },
    render({ descriptor, unchanged }) {
      const { tags = [] } = descriptor;
      const what = unchanged ? "Nothing to change" : "Changed the tags";
      return `${what}: ${nameSnapshot(descriptor)}\n  Tags: ${tags.join(", ") || "none"}`;
    },
    toJson: ({ descriptor }) => toSnapshotObject(descriptor),
  });
}

/** What may follow `jvs tag`. */
export const tagVerbs: readonly VerbEntry[] = [
  { name: "add", aliases: [], summary: "Add tags to a snapshot", load: async () => addCommand },
  {
    name: "remove",
    aliases: ["rm"],
    summary: "Take tags off a snapshot",
    load: async () => removeCommand,
  },
];
