import type { PinReport } from "../../../model/gc-reports.ts";
import { type Command, defineCommand, type VerbEntry } from "../../command.ts";
import { nameSnapshot } from "../../render/snapshots.ts";
import { formatMinute } from "../../render/times.ts";
import { onOneLine } from "../../terminal.ts";

const addCommand: Command = defineCommand({
  usage: "<ref>",
  about: `Keeps a snapshot from "jvs gc", whatever its rules say, for a time or for good. Pinning it again
replaces reason and end. "jvs undo" takes it back.`,
  words: { min: 1, max: 1 },
  flags: {
    reason: { type: "string", value: "text", about: "Why it is to be kept" },
    expires: { type: "string", value: "when", about: "Until when: 12h, 7d, 4w or a date" },
  },
  examples: [
    { command: 'jvs pin add v1.0 --reason "shipped"', does: "keep it for good" },
    { command: "jvs pin add HEAD --expires 7d", does: "keep it for a week" },
  ],

  async run({ positionals: [ref = ""], flags: { reason = "", expires = "" } }, ctx) {
    const { addPin } = await import("../../../operations/edit/edit-pins.ts");
    return addPin(ctx, { ref, reason: reason.toWellFormed(), expires });
  },
  render: (pin) => `Pinned ${nameSnapshot(pin)}${endOf(pin)}`,
});

const listCommand: Command = defineCommand({
  usage: "",
  about: "Lists what is pinned, the oldest snapshot first. Times are UTC.",
  words: { min: 0, max: 0, ignoresExtra: true },
  flags: {},
  examples: [
    { command: "jvs pin list", does: "what is kept, and why" },
    { command: "jvs pin list --json", does: "the same for a script" },
  ],

  async run(_args, ctx) {
    const { readPins } = await import("../../../operations/edit/edit-pins.ts");
    return readPins(ctx);
  },
  render: (pins) => (pins.length === 0 ? "No pins." : pins.map(lineFor).join("\n")),
});

const removeCommand: Command = defineCommand({
  usage: "<ref>",
  about: `Takes the pin off a snapshot: the rules of "jvs gc" are for it again. "jvs undo" puts it back.`,
  words: { min: 1, max: 1 },
  flags: {},
  examples: [
    { command: "jvs pin remove v1.0", does: "it need not be kept any more" },
    { command: "jvs pin remove v1.0 && jvs gc --dry-run", does: "and see what would go" },
  ],

  async run({ positionals: [ref = ""] }, ctx) {
    const { removePin } = await import("../../../operations/edit/edit-pins.ts");
    const { descriptor } = await removePin(ctx, ref);
    return { snapshot_id: descriptor.snapshot_id, note: descriptor.note ?? "" };
  },
  render: (removed) => `Removed the pin of ${nameSnapshot(removed)}`,
});

function lineFor(pin: PinReport): string {
  const reason = pin.reason === "" ? "" : `  ${onOneLine(pin.reason)}`;
  return `${nameSnapshot(pin)}${endOf(pin)}${reason}`;
}

function endOf({ expires_at: end, expired }: PinReport): string {
  if (end === null) return "";
  return expired ? `  (expired ${formatMinute(end)})` : `  (until ${formatMinute(end)})`;
}

/** What may follow `jvs pin`. */
export const pinVerbs: readonly VerbEntry[] = [
  { name: "add", aliases: [], summary: "Keep a snapshot from gc", load: async () => addCommand },
  { name: "list", aliases: ["ls"], summary: "List what is pinned", load: async () => listCommand },
  {
    name: "remove",
    aliases: ["rm"],
    summary: "Take the pin off a snapshot",
    load: async () => removeCommand,
  },
];
