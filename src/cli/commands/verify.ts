import type { VerifyReport } from "../../model/verify-report.ts";
import { type Command, defineCommand, type Review } from "../command.ts";
import { renderVerdict, renderVerdicts, warnOfVerify } from "../render/verify.ts";

/** What a verification came to, and whether one snapshot was asked for. */
interface Verified {
  readonly report: VerifyReport;
  readonly isOne: boolean;
}

/** `jvs verify`. */
export const verifyCommand: Command = defineCommand({
  usage: "[ref]",
  about: `Reads everything that the snapshots hold and compares it with the SHA-256 it is named by; with
a ref, what that one snapshot holds. Names each damaged path, the object, the file it lies in
and every snapshot that needs it, and then ends with status 12. Content that several
snapshots share is read once. Nothing is changed: \`jvs doctor --repair\` mends what can be mended.`,
  words: { min: 0, max: 1, ignoresExtra: true },
  flags: {
    all: {
      type: "boolean",
      about: "Every snapshot, also safety snapshots, and stored content that none needs",
    },
    quick: {
      type: "boolean",
      about: "Records, folders and checksums of packs only; file content is not hashed",
    },
  },
  examples: [
    { command: "jvs verify", does: "read and check every snapshot" },
    { command: "jvs verify HEAD", does: "only the one the workspace stands on" },
    {
      command: "jvs verify --all --json | jq '.[] | select(.tamper_detected)'",
      does: "the damaged ones, for a script",
    },
    { command: "jvs verify --quick", does: "a look at checksums, in a fraction of the time" },
  ],

  async run({ positionals: [word], flags: { all, quick } }, ctx): Promise<Verified> {
    const { verifySnapshots } = await import("../../operations/verify-snapshots.ts");
    const ref = all ? undefined : word;
    const report = await verifySnapshots(ctx, { all, quick, ...(ref !== undefined && { ref }) });
    return { report, isOne: ref !== undefined };
  },

  render({ report, isOne }, look) {
    const [only] = report.verdicts;
    return isOne && only !== undefined ? renderVerdict(only) : renderVerdicts(report, look);
  },

  toJson: ({ report, isOne }) => (isOne ? report.verdicts[0] : report.verdicts),

  review: ({ report, isOne }): Review => ({
    warning: warnOfVerify(report, isOne),
    partial: false,
    damage: report.damaged,
  }),
});
