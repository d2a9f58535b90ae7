import { isSnapshotId } from "../../model/snapshot.ts";
import { tryReadText } from "../control-file.ts";
import { listFolderIfAny } from "../folders.ts";
import { parseJsonObject } from "../json-object.ts";
import type { Pin } from "../pins.ts";
import { V1Fields } from "./v1-fields.ts";
import type { V1Layout } from "./v1-layout.ts";

/** The pins that can be read, and the files of those that cannot. */
export function readV1Pins({ pins }: V1Layout): { pins: Pin[]; unreadable: string[] } {
  const found: Pin[] = [];
  const unreadable: string[] = [];
  for (const file of listFolderIfAny(pins).filter((name) => name.endsWith(".json"))) {
    const record = parseJsonObject(tryReadText(`${pins}/${file}`).text ?? "");
    const fields = new V1Fields(record ?? {});
    const snapshot_id = fields.text("snapshot_id");
    if (!isSnapshotId(snapshot_id) || Number.isNaN(Date.parse(fields.text("pinned_at")))) {
      unreadable.push(file);
      continue;
    }
    const pinned_at = fields.text("pinned_at");
    const reason = fields.textIfAny("reason");
    const expires_at = fields.textIfAny("expires_at");
    found.push({
      snapshot_id,
      pinned_at,
      ...(reason === undefined ? {} : { reason }),
      ...(expires_at === undefined ? {} : { expires_at }),
    });
  }
  return { pins: found, unreadable };
}
