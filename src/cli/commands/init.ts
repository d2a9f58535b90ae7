import { inWords } from "../../model/raw-path.ts";
import type { InitReport } from "../../model/reports.ts";
import { initRepository } from "../../operations/init-repository.ts";
import { type Command, defineCommand, type Review } from "../command.ts";
import { UsageError } from "../usage-error.ts";

/** `jvs init`. */
export const initCommand: Command = defineCommand({
  usage: "[name]",
  about: `Without a name, this folder becomes the workspace as it stands; nothing in it is moved or
changed, only a folder .jvs is added. With a name, a new folder of that name is made, with
a workspace "main" in it and room for more workspaces beside it.

On btrfs, snapshots of a subvolume take no time, however much is in it. A new project's workspaces are
subvolumes by themselves. A folder in place is made one by --subvolume: all that is in it is cloned into
a new subvolume, which takes its place and its name. Programs that stand in the folder must enter it anew.
What may be written to meanwhile is not taken away: then the former folder is kept beside, and named.`,
  words: { min: 0, max: 1 },
  flags: {
    force: {
      type: "boolean",
      about: "Also take a folder that is much: /, the home folder, a mount",
    },
    subvolume: { type: "boolean", about: "On btrfs: make this folder a subvolume first" },
  },
  examples: [
    { command: "jvs init", does: "version this folder, in place" },
    { command: "jvs init research", does: "make research/ with an empty workspace research/main" },
    { command: "jvs init --subvolume", does: "the same in place, for snapshots at once on btrfs" },
  ],

  async run({ positionals: [name], flags: { force, subvolume } }, ctx) {
    if (subvolume && name !== undefined)
      throw new UsageError(
        "--subvolume is for the current folder",
        "On btrfs the workspace of a new project is a subvolume by itself",
      );
    return initRepository(ctx, { ...(name === undefined ? {} : { name }), force, subvolume });
  },

  render(report, look) {
    const lines = [
      `Initialized JVS repository in ${inWords({ path: report.repo_root })}`,
      `  Main worktree: ${inWords({ path: report.workspace })}`,
      ...conversionLines(report),
    ];
    if (look.terminal && !look.quiet) lines.push(`Next: ${nextStep(report)}`);
    return lines.join("\n");
  },

  review: ({ conversion, workspace }) => reviewConversion(conversion, workspace),

  toJson: ({ format_version, repo_id, repo_root, ...others }) => ({
    format_version,
    repo_id,
    repo_root,
    ...others,
  }),
});

function conversionLines({ layout, conversion, could_be_subvolume }: InitReport): string[] {
  if (conversion !== undefined) return ["  It is a subvolume now: snapshots take no time"];
  if (layout === "project" || could_be_subvolume !== true) return [];
  return ["  As a subvolume it would have snapshots at once: rm -r .jvs && jvs init --subvolume"];
}

/** What of the former folder is left, or still used. */
function reviewConversion(conversion: InitReport["conversion"], workspace: string): Review {
  if (conversion === undefined) return { warning: "", partial: false };
  const { kept, late, parted, processes } = conversion;
  const lines: string[] = [];
  const list = (what: string, items: readonly string[]): void => {
    if (items.length > 0) lines.push(`jvs: warning: ${what}:`, ...items.map((one) => `  ${one}`));
  };
  if (kept !== undefined)
    lines.push(
      `jvs: warning: the former folder is kept as ${inWords(kept)}: ${kept.why}`,
      "  Compare it with the new one, then remove it",
    );
  list("changed in the former folder at the last moment", late.map(inWords));
  list("no longer one file with their names outside of the folder", parted.map(inWords));
  list(
    `still in the former folder (\`cd ${quote(workspace)}\` there)`,
    processes.map(({ pid, command }) => `${command} (process ${pid})`),
  );
  return { warning: lines.join("\n"), partial: kept !== undefined };
}

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
