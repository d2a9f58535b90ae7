import { redoOperation } from "../../operations/undo-operation.ts";
import { type Command, defineCommand } from "../command.ts";
import { renderUndo, reviewUndo } from "../render/undo.ts";

/** `jvs redo`. */
export const redoCommand: Command = defineCommand({
  usage: "",
  about: `Does again what the last "jvs undo" took back, as long as nothing else was done since.`,
  words: { min: 0, max: 0 },
  flags: {},
  examples: [
    { command: "jvs undo && jvs redo", does: "look at the state before, and return" },
    { command: "jvs redo --json", does: "the same for a script" },
  ],

  async run(_args, ctx) {
    return redoOperation(ctx);
  },

  render: (report) => renderUndo(report, { verb: "Redid", back: "jvs undo" }),
  review: reviewUndo,
});
