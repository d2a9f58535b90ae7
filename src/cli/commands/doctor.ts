import type { DoctorReport, RepairAction } from "../../model/doctor-report.ts";
import { type Command, defineCommand } from "../command.ts";
import { renderDoctor, renderRepairs } from "../render/doctor.ts";

/** What there is to repair, or what was found. */
type Result =
  | { readonly kind: "list"; readonly actions: readonly RepairAction[] }
  | { readonly kind: "report"; readonly report: DoctorReport };

/** `jvs doctor`. */
export const doctorCommand: Command = defineCommand({
  usage: "",
  about: `Examines the repository: layout, format, records, lineage, worktrees, packs and their indexes, the
operation log, what killed commands left, locks, pins, the file system, the clock. With
--strict it also reads and hashes all content, so that no altered byte goes unseen. Each
finding has a cure. Ends with status 12 when the repository is damaged.

--repair makes the repairs that are safe, says what it did in the log, makes every cache anew,
and heals content that a workspace, a fork or another pack still holds. What a running command
is at is left alone.`,
  words: { min: 0, max: 0, ignoresExtra: true },
  flags: {
    strict: { type: "boolean", about: "Also read and hash all content" },
    repair: { type: "boolean", about: "Repair what is safe to repair, then examine" },
    "repair-runtime": {
      type: "boolean",
      about: "Only finish or clear away what killed commands left, then examine",
    },
    "repair-list": { type: "boolean", about: "List what can be repaired, and do nothing" },
  },
  examples: [
    { command: "jvs doctor", does: "a quick examination" },
    { command: "jvs doctor --strict", does: "read everything: is it all still as it was written?" },
    { command: "jvs doctor --repair", does: "mend what can be mended" },
    {
      command: "jvs doctor --json | jq -r '.findings[] | .code + \": \" + .cure'",
      does: "what to do about each finding, for a script",
    },
  ],

  async run({ flags }, ctx): Promise<Result> {
    const { diagnoseRepo, listRepairs } = await import("../../operations/diagnose-repo.ts");
    if (flags["repair-list"]) return { kind: "list", actions: listRepairs() };
    const repair = flags.repair ? "all" : flags["repair-runtime"] ? "runtime" : "none";
    return { kind: "report", report: await diagnoseRepo(ctx, { strict: flags.strict, repair }) };
  },

  render: (result, look) =>
    result.kind === "list" ? renderRepairs(result.actions) : renderDoctor(result.report, look),

  toJson: (result) => (result.kind === "list" ? result.actions : result.report),

  review: (result) => ({
    warning: "",
    partial: false,
    damage: result.kind === "report" && !result.report.healthy,
  }),
});
