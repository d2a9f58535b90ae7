import type { UpgradeReport } from "../../model/reports.ts";
import { upgradeRepository } from "../../operations/upgrade-repository.ts";
import { type Command, defineCommand, type Review } from "../command.ts";
import { countOf } from "../render/numbers.ts";

/** `jvs upgrade`. */
export const upgradeCommand: Command = defineCommand({
  usage: "",
  about: `Brings a repository that an older jvs made (format version 1) up to date. Snapshots keep their ids,
times, notes, tags and lineage; worktrees, pins, settings and the log come along. Records and content
are verified on the way, and what is damaged is named. The files you work on are not touched.

The old control folder stays beside the new one as .jvs-v1, until you remove it. An upgrade that was
cut short can simply be run again.`,
  words: { min: 0, max: 0 },
  flags: {
    "remove-old": { type: "boolean", about: "Remove the old control folder for good" },
  },
  examples: [
    { command: "jvs upgrade", does: "upgrade the repository around this folder" },
    { command: "jvs upgrade --remove-old", does: "later: give back the space of the old one" },
  ],

  async run({ flags }, ctx) {
    return upgradeRepository(ctx, { removeOld: flags["remove-old"] });
  },

  render: (report) =>
    [
      ...headLines(report),
      ...(report.removed_old ? ["Removed the old control folder"] : []),
      ...(report.old_control_folder === null
        ? []
        : [
            `The old control folder is kept as ${report.old_control_folder}; jvs upgrade --remove-old removes it`,
          ]),
    ].join("\n"),

  review,
});

function headLines(report: UpgradeReport): string[] {
  if (report.status === "current")
    return [`Nothing to upgrade: ${report.repo_root} has the newest format`];
  const amounts = [
    countOf(report.snapshots, "snapshot"),
    countOf(report.worktrees, "worktree"),
    countOf(report.operations, "operation"),
    countOf(report.pins, "pin"),
  ];
  return [`Upgraded ${report.repo_root}: ${amounts.join(", ")}`];
}

function review({ damaged, notes }: UpgradeReport): Review {
  const lines = [
    ...notes.map((note) => `jvs: note: ${note}`),
    ...(damaged.length === 0
      ? []
      : [`jvs: warning: damage was found in ${countOf(damaged.length, "place")}:`]),
    ...damaged.map(({ what, why, outcome }) => `  ${what}: ${why}; ${outcome}`),
  ];
  return { warning: lines.join("\n"), partial: damaged.length > 0 };
}
