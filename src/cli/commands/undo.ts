import { undoOperation } from "../../operations/undo-operation.ts";
import { type Command, defineCommand } from "../command.ts";
import { renderUndo, reviewUndo } from "../render/undo.ts";

/** `jvs undo`. */
export const undoCommand: Command = defineCommand({
  usage: "",
  about: `Takes back the last operation that is not taken back yet: files, and where the workspace
stands. Repeat it to go further back; "jvs redo" goes forward again.`,
  words: { min: 0, max: 0 },
  flags: {},
  examples: [
    { command: "jvs undo", does: "take back the restore of a moment ago" },
    { command: "jvs operations", does: "see first what undo would take back" },
  ],

  async run(_args, ctx) {
    return undoOperation(ctx);
  },

  render: (report) => renderUndo(report, { verb: "Undid", back: "jvs redo" }),
  review: reviewUndo,
});
