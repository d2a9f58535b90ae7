import { inWords } from "../../model/raw-path.ts";
import type { InitReport } from "../../model/reports.ts";
import { initRepository } from "../../operations/init-repository.ts";
import { type Command, defineCommand } from "../command.ts";

/** `jvs init`. */
export const initCommand: Command = defineCommand({
  usage: "[name]",
  about: `Without a name, this folder becomes the workspace as it stands; nothing in it is moved or
changed, only a folder .jvs is added. With a name, a new folder of that name is made, with
a workspace "main" in it and room for more workspaces beside it.`,
  words: { min: 0, max: 1 },
  flags: {
    force: {
      type: "boolean",
      about: "Also take a folder that is much: /, the home folder, a mount",
    },
  },
  examples: [
    { command: "jvs init", does: "version this folder, in place" },
    { command: "jvs init research", does: "make research/ with an empty workspace research/main" },
  ],

  async run({ positionals: [name], flags: { force } }, ctx) {
    return initRepository(ctx, { ...(name === undefined ? {} : { name }), force });
  },

  render(report, look) {
    const lines = [
      `Initialized JVS repository in ${inWords({ path: report.repo_root })}`,
      `  Main worktree: ${inWords({ path: report.workspace })}`,
    ];
    if (look.terminal && !look.quiet) lines.push(`Next: ${nextStep(report)}`);
    return lines.join("\n");
  },

  toJson: ({ format_version, repo_id, repo_root, ...others }) => ({
    format_version,
    repo_id,
    repo_root,
    ...others,
  }),
});

function nextStep({ layout, workspace }: InitReport): string {
  const enter = layout === "in-place" ? "" : `cd ${quote(workspace)} && `;
  return `${enter}jvs snapshot "first"`;
}

/** As a shell reads it back. */
function quote(path: string): string {
  if (/^[\w./-]+$/.test(path)) return path;
  const shown = inWords({ path });
  if (shown === path) return `'${path.replaceAll("'", "'\\''")}'`;
  // What inWords escapes, a shell reads back in $'...'.
  return `$'${shown.replaceAll("'", "\\'")}'`;
}
