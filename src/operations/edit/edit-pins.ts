import { parseSpan } from "../../model/amounts.ts";
import { JvsError } from "../../model/errors.ts";
import type { PinReport } from "../../model/gc-reports.ts";
import { shortId } from "../../model/snapshot.ts";
import { hasDescriptor, readDescriptor } from "../../repo/descriptors.ts";
import { isInForce, listPins, type Pin } from "../../repo/pins.ts";
import type { Repo } from "../../repo/repo.ts";
import type { Context } from "../context.ts";
import { openRepository } from "../open-workspace.ts";
import { type EditReport, editSnapshot } from "./edit-snapshot.ts";

export interface PinRequest {
  readonly ref: string;
  readonly reason: string;
  /** `7d`, `2026-12-31`, or "" for good. */
  readonly expires: string;
}

/**
 * Keeps a snapshot from gc, for a time or for good. A pin that is there is replaced.
 *
 * @throws E_USAGE for an end that makes no sense, and what {@link editSnapshot} throws
 */
export async function addPin(
  ctx: Context,
  { ref, reason, expires }: PinRequest,
): Promise<PinReport> {
  const end = expires === "" ? undefined : endOf(expires, ctx.now());
  const report = await editSnapshot(ctx, {
    ref,
    operation: "pin",
    reason: `add${reason === "" ? "" : `: ${reason}`}`,
    plan({ snapshot_id }, old) {
      const pin: Pin = {
        snapshot_id,
        pinned_at: ctx.now().toISOString(),
        ...(reason === "" ? {} : { reason }),
        ...(end === undefined ? {} : { expires_at: end.toISOString() }),
      };
      return { about: "pin", before: write(old), after: write(pin) };
    },
  });
  return describe(report.pin as Pin, report.descriptor.note, ctx.now());
}

/** @throws E_NOT_FOUND when it has none, and what {@link editSnapshot} throws */
export function removePin(ctx: Context, ref: string): Promise<EditReport> {
  return editSnapshot(ctx, {
    ref,
    operation: "pin",
    reason: "remove",
    plan({ snapshot_id: id }, old) {
      if (old !== undefined) return { about: "pin", before: write(old), after: null };
      throw new JvsError(`Cannot remove the pin of ${shortId(id)}: it has none`, {
        code: "E_NOT_FOUND",
        hint: "`jvs pin list` shows what is pinned",
        details: { snapshot_id: id },
      });
    },
  });
}

/** All pins, the expired too, the oldest snapshot first. */
export async function readPins(ctx: Context): Promise<PinReport[]> {
  const { repo } = openRepository(ctx);
  return listPins(repo).map((pin) => describe(pin, noteOf(repo, pin), ctx.now()));
}

function noteOf(repo: Repo, { snapshot_id: id }: Pin): string | undefined {
  return hasDescriptor(repo, id) ? readDescriptor(repo, id).note : undefined;
}

function describe(pin: Pin, note: string | undefined, now: Date): PinReport {
  const { snapshot_id, pinned_at, reason = "", expires_at = null } = pin;
  return {
    snapshot_id,
    pinned_at,
    reason,
    expires_at,
    expired: !isInForce(pin, now),
    note: note ?? "",
  };
}

function write(pin: Pin | undefined): string | null {
  return pin === undefined ? null : JSON.stringify(pin);
}

function endOf(text: string, now: Date): Date {
  const span = parseSpan(text);
  const isDate = /^\d{4}-\d{2}-\d{2}/.test(text);
  const end = span === undefined ? new Date(isDate ? text : "") : new Date(now.getTime() + span);
  if (end.getTime() > now.getTime()) return end;
  const why = Number.isNaN(end.getTime()) ? "it is no span and no date" : "it lies in the past";
  throw new JvsError(`Cannot pin until "${text}": ${why}`, {
    code: "E_USAGE",
    hint: "Write a span such as 12h, 7d or 4w, or a date such as 2026-12-31",
  });
}
