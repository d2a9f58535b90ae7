import { relative } from "node:path";
import type { ObjectId } from "../../model/entry.ts";
import { pathFields } from "../../model/raw-path.ts";
import type { Descriptor, SnapshotId } from "../../model/snapshot.ts";
import type { SnapshotVerdict, VerifiedDamage } from "../../model/verify-report.ts";
import type { ObjectDamage } from "../../store/object-damage.ts";
import type { Repository } from "../open-workspace.ts";
import { isPending } from "../tree-of.ts";
import { DamagedPaths, type DamagedPlace } from "./find-damaged-paths.ts";

/** What is known about the objects of some snapshots. */
export interface Findings {
  readonly damages: readonly ObjectDamage[];
  /** Files in folders of snapshots. */
  readonly payloads: ReadonlyMap<SnapshotId, readonly VerifiedDamage[]>;
  readonly quick: boolean;
}

/** A verdict on each snapshot: which of its paths need damaged objects. */
export function judgeSnapshots(
  { repo, store }: Repository,
  descriptors: readonly Descriptor[],
  { damages, payloads, quick }: Findings,
): SnapshotVerdict[] {
  const byId = worstById(damages);
  const paths = new DamagedPaths(store, new Set(byId.keys()));
  const tell = (place: DamagedPlace): VerifiedDamage => {
    const { why, file, readable } = byId.get(place.object) as ObjectDamage;
    return {
      ...(place.path === "" ? { path: "." } : pathFields(place.path)),
      part: place.part,
      object: place.object,
      why,
      file: file === undefined ? null : relative(repo.layout.root, file),
      readable,
    };
  };
  return descriptors.map((descriptor) => {
    const { snapshot_id: id } = descriptor;
    const inStore = byId.size === 0 ? [] : paths.ofSnapshot(descriptor).map(tell);
    const damage = [...inStore, ...(payloads.get(id) ?? [])];
    return verdictOn(id, damage, quick || isPending(descriptor));
  });
}

/** The verdict on a snapshot whose record is damaged: what it held is unknown. */
export function rejectSnapshot(id: SnapshotId, why: string): SnapshotVerdict {
  const isChecksum = why === "its checksum does not match its content";
  return {
    snapshot_id: id,
    checksum_valid: false,
    payload_hash_valid: false,
    tamper_detected: true,
    severity: "critical",
    error: isChecksum ? "descriptor checksum mismatch" : `E_DESCRIPTOR_CORRUPT: ${why}`,
  };
}

function verdictOn(
  id: SnapshotId,
  damage: readonly VerifiedDamage[],
  quick: boolean,
): SnapshotVerdict {
  const isLost = damage.some(({ readable }) => !readable);
  const reason = isLost ? "payload hash mismatch" : "the store is damaged; all can still be read";
  return {
    snapshot_id: id,
    checksum_valid: true,
    payload_hash_valid: !quick && !isLost,
    tamper_detected: damage.length > 0,
    ...(damage.length === 0 ? {} : { severity: isLost ? "critical" : "error", error: reason }),
    ...(quick ? { quick } : {}),
    ...(damage.length === 0 ? {} : { damage }),
  };
}

/** One object may be damaged in several packs: what counts is whether it can still be read. */
function worstById(damages: readonly ObjectDamage[]): Map<ObjectId, ObjectDamage> {
  const worst = new Map<ObjectId, ObjectDamage>();
  for (const damage of damages) {
    const known = worst.get(damage.id);
    if (known === undefined || (known.readable && !damage.readable)) worst.set(damage.id, damage);
  }
  return worst;
}
