import { listPayloads } from "../repo/payloads.ts";
import { recheckStored } from "../tree/recheck-stored.ts";
import type { ScanTable } from "../tree/scan-table.ts";
import type { Repository } from "./open-workspace.ts";

/**
 * Takes back that content is stored which may be in folders of snapshots alone: it goes with those
 * snapshots, and nothing that is taken later may rely on it.
 */
export function doubtStored({ repo, store }: Repository, table: ScanTable): void {
  if (listPayloads(repo).length > 0) recheckStored(table, (id) => store.isWhole(id));
}
