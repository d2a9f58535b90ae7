import { inWords } from "../../model/raw-path.ts";
import type { InfoReport } from "../../model/reports.ts";
import { readInfo } from "../../operations/read-info.ts";
import { type Command, defineCommand } from "../command.ts";
import { formatSize } from "../render/numbers.ts";

/** `jvs info`. */
export const infoCommand: Command = defineCommand({
  usage: "",
  about: "Where the repository is, how it stores content, and how much is in it.",
  words: { min: 0, max: 0, ignoresExtra: true },
  flags: {},
  examples: [
    { command: "jvs info", does: "facts about the repository around this folder" },
    { command: "jvs info --json | jq -r .repo_root", does: "its folder, for a script" },
  ],

  async run(_args, ctx) {
    return readInfo(ctx);
  },

  render: (report) =>
    [
      `Repository: ${inWords({ path: report.repo_root })}`,
      `  Repo ID: ${report.repo_id}`,
      `  Format version: ${report.format_version}`,
      `  Snapshot engine: ${report.snapshot_engine}`,
      `  Worktrees: ${report.total_worktrees}`,
      `  Snapshots: ${report.total_snapshots}`,
      ...(report.pending_snapshots === undefined
        ? []
        : [`  Not hashed yet: ${report.pending_snapshots}`]),
      `  Layout: ${report.layout}`,
      `  Workspace: ${report.workspace === null ? "not inside one" : inWords({ path: report.workspace })}`,
      `  File system: ${report.file_system}`,
      ...enginesBeside(report),
      `  Stored: ${formatSize(report.stored_bytes)}`,
      `  Version: ${report.version}`,
    ].join("\n"),
});

/** The engines that were passed over, and why those that cannot work here cannot. */
function enginesBeside({ engines, snapshot_engine }: InfoReport): string[] {
  const others = engines.filter(({ name, usable }) => usable && name !== snapshot_engine);
  return [
    ...(others.length === 0
      ? []
      : [`  Other engines here: ${others.map(({ name }) => name).join(", ")}`]),
    ...engines.filter(({ usable }) => !usable).map(({ name, why }) => `  Not ${name}: ${why}`),
  ];
}
