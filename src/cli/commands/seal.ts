import { parseBytes } from "../../model/amounts.ts";
import { sealSnapshots } from "../../operations/seal/seal-snapshots.ts";
import { type Command, defineCommand } from "../command.ts";
import { UsageError } from "../usage-error.ts";

/** `jvs seal`. */
export const sealCommand: Command = defineCommand({
  usage: "[ref]",
  about: `A snapshot that was taken with --hash later holds everything, but nobody has read and named its
content yet. This does so, for one snapshot or for all: it reads the folder that keeps the
snapshot, not the workspace, and may be stopped at any time. Commands that need the content do
the same first; "history", "info" and "worktree list" begin with it in the background.`,
  words: { min: 0, max: 1 },
  flags: {
    rate: { type: "string", value: "bytes", about: "Read at most so much a second, such as 50MB" },
    idle: { type: "boolean", about: "At low priority, and only if no other process does so" },
  },
  examples: [
    { command: "jvs seal", does: "whatever is pending" },
    { command: "jvs seal --idle --rate 20MB", does: "without disturbing others" },
  ],

  async run({ positionals: [ref], flags: { rate, idle } }, ctx) {
    return sealSnapshots(ctx, {
      ...(ref === undefined ? {} : { ref }),
      rate: readRate(rate),
      idle,
    });
  },

  render: ({ sealed }) =>
    sealed.length === 0
      ? "Nothing to seal"
      : sealed.map((id) => `Sealed snapshot ${id}`).join("\n"),

  review: ({ damaged }) => ({
    warning: damaged.map(({ snapshot_id: id, why }) => `jvs: snapshot ${id}: ${why}`).join("\n"),
    partial: false,
    damage: damaged.length > 0,
  }),
});

function readRate(text: string | undefined): number {
  if (text === undefined) return 0;
  const rate = parseBytes(text);
  if (rate !== undefined && rate > 0) return rate;
  throw new UsageError(`--rate makes no sense: ${text}`, "Write an amount such as 50MB");
}
