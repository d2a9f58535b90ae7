import type { Context } from "../context.ts";
import { type EditReport, editSnapshot } from "./edit-snapshot.ts";

/** Gives a snapshot another note; "" for none. */
export function editNote(
  ctx: Context,
  { ref, note }: { ref: string; note: string },
): Promise<EditReport> {
  return editSnapshot(ctx, {
    ref,
    operation: "note",
    reason: note,
    plan: (descriptor) => ({
      about: "note",
      before: descriptor.note ?? null,
      after: note === "" ? null : note,
    }),
  });
}
