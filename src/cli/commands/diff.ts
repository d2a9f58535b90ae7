import { JvsError } from "../../model/errors.ts";
import type { DiffReport } from "../../model/reports.ts";
import { diffStates } from "../../operations/diff-states.ts";
import { type Command, defineCommand } from "../command.ts";
import { fromArg } from "../raw-args.ts";
import { renderDiff } from "../render/diff.ts";
import { toDiffObject } from "../render/diff-object.ts";

/** `jvs diff`. */
export const diffCommand: Command = defineCommand({
  usage: "[from [to]] [-- paths]",
  about: `Without a snapshot: the workspace against the one it stands on, or, when nothing is unsaved, the
two newest snapshots. With one: that snapshot against the workspace. With two: one
against the other. Paths and patterns behind -- narrow it down.`,
  words: { min: 0, max: Number.POSITIVE_INFINITY },
  takesPaths: true,
  flags: {
    stat: { type: "boolean", about: "Only the counts" },
    "name-status": { type: "boolean", about: "Only a letter and the path, one a line" },
    patch: { type: "boolean", short: "p", about: "Also show the changed lines of text files" },
  },
  examples: [
    { command: "jvs diff --patch", does: "what changed since the last snapshot, line by line" },
    { command: "jvs diff v1.0 HEAD --stat", does: "how much happened between two snapshots" },
    { command: "jvs diff HEAD~2 -- src '*.md'", does: "some paths against an older snapshot" },
  ],

  async run({ positionals, rest: paths, flags: { patch } }, ctx): Promise<DiffReport> {
    if (positionals.length > 2) throw new JvsError("too many arguments", tooMany);
    const [from, to] = positionals;
    return diffStates(ctx, {
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
      paths: paths.map(fromArg),
      patch,
    });
  },

  isRaw: true,
  render: (report, look, { flags }) => renderDiff(report, look, flags),
  toJson: toDiffObject,
});

const tooMany = {
  code: "E_USAGE",
  hint: "At most two snapshots are compared; put paths behind --",
} as const;
