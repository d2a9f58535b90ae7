import { inWords } from "../../../model/raw-path.ts";
import type { ListedWorktree, WorktreeListReport } from "../../../model/worktree-reports.ts";
import { listWorktrees } from "../../../operations/list-worktrees.ts";
import { type Command, defineCommand } from "../../command.ts";
import type { Look } from "../../io.ts";
import { formatAge } from "../../render/ages.ts";
import { countOf, formatSize } from "../../render/numbers.ts";
import { toWorktreeObject } from "../../render/worktrees.ts";
import { onOneLine, paint } from "../../terminal.ts";

const NAME_WIDTH = 20;
const HEAD_CHARACTERS = 16;
const HEAD_WIDTH = HEAD_CHARACTERS + "...".length;

/** `jvs worktree list`. */
export const listCommand: Command = defineCommand({
  usage: "",
  about: `One line a worktree: its name, the snapshot it stands on and the age of that, whether
something in it is unsaved, how much is in it, and where it is.`,
  words: { min: 0, max: 0, ignoresExtra: true },
  flags: {
    quick: { type: "boolean", about: "Do not look into the workspaces: names and snapshots alone" },
  },
  examples: [
    { command: "jvs worktree list", does: "what there is, and what is unsaved" },
    {
      command: "jvs worktree list --json | jq -r '.[] | select(.state==\"dirty\").name'",
      does: "those with unsaved work, for a script",
    },
  ],

  async run({ flags: { quick } }, ctx) {
    return listWorktrees(ctx, { looks: !quick });
  },

  render(report, look) {
    return report.worktrees.map((listed) => lineFor(listed, report, look)).join("\n");
  },

  toJson: ({ worktrees }) =>
    worktrees.map(({ worktree, ...more }) => toWorktreeObject(worktree, more)),

  review: ({ warnings }) => ({
    warning: warnings.map((warning) => `jvs: warning: ${onOneLine(warning)}`).join("\n"),
    partial: false,
  }),
});

function lineFor(
  { worktree, path, current, detached, head_created_at, state, changed, bytes }: ListedWorktree,
  { now }: WorktreeListReport,
  look: Look,
): string {
  const { name, head_snapshot_id: head } = worktree;
  const id = head === undefined ? "(none)" : `${head.slice(0, HEAD_CHARACTERS)}...`;
  const fields = [
    name.padEnd(NAME_WIDTH),
    paint(look, "yellow", id.padEnd(HEAD_WIDTH)),
    head_created_at === null ? "" : formatAge(head_created_at, now),
    stateOf(state, changed, look),
    bytes === null ? "" : formatSize(bytes),
    inWords({ path }),
    detached ? "(detached)" : "",
    current ? paint(look, "green", "<- you are here") : "",
  ];
  return fields.filter((field) => field !== "").join("  ");
}

function stateOf(state: ListedWorktree["state"], changed: number | null, look: Look): string {
  if (state === null) return "";
  if (state === "clean") return "clean";
  const words = state === "dirty" ? `dirty (${countOf(changed ?? 0, "path")})` : state;
  return paint(look, "red", words);
}
