import { tryReadText } from "../control-file.ts";
import { type JsonObject, parseJsonObject } from "../json-object.ts";
import { goTime, hashGoJson } from "./go-json.ts";
import { V1Fields } from "./v1-fields.ts";
import type { V1Layout } from "./v1-layout.ts";

/** One event of the audit log of version 1. */
export interface V1Event {
  readonly timestamp: string;
  readonly event_type: string;
  readonly worktree_name: string | undefined;
  readonly snapshot_id: string | undefined;
  readonly details: JsonObject | undefined;
}

export interface V1Log {
  /** Oldest first. */
  readonly events: readonly V1Event[];
  /** What is wrong, in words: lines that make no sense, and where the chain of hashes breaks. */
  readonly faults: readonly string[];
}

/** Reads the whole log, however long its lines are, and checks its chain. */
export function readV1Log({ auditLog }: V1Layout): V1Log {
  const events: V1Event[] = [];
  const faults: string[] = [];
  let before = "";
  const { text = "", fault: unread } = tryReadText(auditLog);
  if (unread !== undefined) faults.push(unread);
  const lines = text.split("\n");
  for (const [index, line] of lines.entries()) {
    if (line.trim() === "") continue;
    const record = parseJsonObject(line);
    if (record === undefined) {
      faults.push(`line ${index + 1} of the audit log makes no sense`);
      continue;
    }
    const event = parseV1Event(record);
    const fields = new V1Fields(record);
    const fault = faultOf(event, fields, before);
    if (fault !== undefined) faults.push(`line ${index + 1} of the audit log: ${fault}`);
    before = fields.text("record_hash");
    events.push(event);
  }
  return { events, faults };
}

/** The worktree in which each snapshot was taken, as far as the log knows. */
export function worktreesInLog({ events }: V1Log): Map<string, string> {
  const taken = events.filter(({ event_type }) => event_type === "snapshot_create");
  return new Map(
    taken.flatMap(({ snapshot_id: id, worktree_name: name }) =>
      id === undefined || name === undefined ? [] : [[id, name] as const],
    ),
  );
}

function faultOf(event: V1Event, fields: V1Fields, before: string): string | undefined {
  const prev_hash = fields.text("prev_hash");
  if (hashV1Event(event, prev_hash) !== fields.text("record_hash"))
    return "its hash does not match, it was altered";
  return prev_hash === before ? undefined : "the chain is broken, lines before it are missing";
}

/** The known fields of a record. */
export function parseV1Event(record: JsonObject): V1Event {
  const fields = new V1Fields(record);
  return {
    timestamp: fields.text("timestamp"),
    event_type: fields.text("event_type"),
    worktree_name: fields.textIfAny("worktree_name"),
    snapshot_id: fields.textIfAny("snapshot_id"),
    details: fields.objectIfAny("details"),
  };
}

/** What `record_hash` must be. */
export function hashV1Event(event: V1Event, prev_hash: string): string {
  const timestamp = goTime(event.timestamp);
  const details = Object.keys(event.details ?? {}).length === 0 ? undefined : event.details;
  return hashGoJson({ ...event, timestamp, details, prev_hash, record_hash: "" });
}
