import type { RestoreReport } from "../../model/reports.ts";
import { shortId } from "../../model/snapshot.ts";
import { restoreSnapshot } from "../../operations/restore-snapshot.ts";
import { chooseSnapshot } from "../choose-snapshot.ts";
import { type Command, defineCommand } from "../command.ts";
import type { Look } from "../io.ts";
import { fromArg } from "../raw-args.ts";
import { changeLines, describeCounts } from "../render/changes.ts";
import { reviewIssues } from "../render/losses.ts";
import { countOf } from "../render/numbers.ts";
import { partialPathsInWords } from "../render/partial-paths.ts";
import { safetyLine } from "../render/safety-line.ts";

/** `jvs restore`. */
export const restoreCommand: Command = defineCommand({
  usage: "<ref> [-- paths]",
  about: `Puts the workspace back to a snapshot, in place: open shells and editors stay where they are.
What is not saved yet goes into a safety snapshot first, and "jvs undo" brings it back.
After restoring an older snapshot the workspace is detached: "jvs restore HEAD" returns
to the newest. With paths only those are touched, and the workspace stays where it is.

A ref is an id or its beginning, a tag, a note or its beginning, HEAD, HEAD~2, @{2 hours ago}.`,
  words: { min: 1, max: 1 },
  takesPaths: true,
  flags: {
    interactive: {
      type: "boolean",
      short: "i",
      about: "List the snapshots that fit, and ask before anything is done",
    },
    "dry-run": { type: "boolean", about: "Show what would change, and change nothing" },
    discard: { type: "boolean", about: "Take no safety snapshot: unsaved work is gone for good" },
  },
  examples: [
    { command: "jvs restore HEAD", does: "drop what is not saved (undo brings it back)" },
    { command: "jvs restore v1.0 --dry-run", does: "see what going back would change" },
    { command: "jvs restore -i parser", does: "choose among the snapshots that fit a word" },
    { command: "jvs restore HEAD~1 -- src/main.c", does: "one file as it was a snapshot earlier" },
  ],

  // Undefined: the user was asked, and wanted none.
  async run(
    { positionals: [word = ""], rest: paths, flags, globals },
    ctx,
    io,
  ): Promise<RestoreReport | undefined> {
    const asks = flags.interactive && word !== "HEAD" && !globals.json;
    const ref = asks ? await chooseSnapshot(ctx, word, io) : word;
    if (ref === undefined) return undefined;
    return restoreSnapshot(ctx, {
      ref,
      paths: paths.map(fromArg),
      dryRun: flags["dry-run"],
      discard: flags.discard,
    });
  },

  render(report, look, { positionals: [ref], rest: paths }) {
    if (report === undefined) return "Restore cancelled.";
    if (report.status === "planned") return renderPlan(report, look);
    const lines = paths.length > 0 ? pathLines(report) : wholeLines(report, ref === "HEAD");
    const only = paths.length > 0 ? [] : partialLines(report);
    return [...lines, ...only, ...safetyLine(report.safety_snapshot, "jvs undo")].join("\n");
  },

  toJson(report) {
    if (report === undefined) return null;
    const { detached, snapshot_id, status, ...others } = report;
    return { detached, snapshot_id, status, ...others };
  },

  review: (report) => reviewIssues(report?.issues ?? []),
});

function* renderPlan(report: RestoreReport, look: Look): Generator<string> {
  const { snapshot_id: id, changes, counts } = report;
  yield `Restoring ${shortId(id)} would change in the workspace: ${describeCounts(counts)}`;
  if (changes.length > 0) {
    yield "";
    yield* changeLines(report, look, { limit: Number.POSITIVE_INFINITY, more: "" });
    yield "";
  }
  yield "Nothing was changed";
}

function pathLines({ snapshot_id: id, changes, counts }: RestoreReport): string[] {
  if (changes.length === 0) return [`Nothing to restore: these paths are as in snapshot ${id}`];
  return [
    `Restored ${countOf(changes.length, "path")} from snapshot ${id}: ${describeCounts(counts)}`,
  ];
}

function wholeLines({ snapshot_id: id, detached }: RestoreReport, isToHead: boolean): string[] {
  if (isToHead) return [`Restored to latest snapshot ${id}`, AT_HEAD];
  if (!detached) return ["", `Restored to snapshot ${id}`, AT_HEAD];
  return [
    "",
    `Restored to snapshot ${id}`,
    "Worktree is now in DETACHED state.",
    "To continue working from here: jvs worktree fork <name>",
    "To return to latest: jvs restore HEAD",
  ];
}

/** The snapshot was one of some paths: the others were left alone. */
function partialLines(report: RestoreReport): string[] {
  const { snapshot_id: id } = report;
  const paths = partialPathsInWords(report);
  if (paths.length === 0) return [];
  return [
    `Only its ${countOf(paths.length, "path")} changed (${paths.join(", ")}); jvs restore ${shortId(id)} -- . brings back the rest, too.`,
  ];
}

const AT_HEAD = "Worktree is now at HEAD state.";
