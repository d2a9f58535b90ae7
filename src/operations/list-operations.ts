import type { OperationRecord } from "../model/operation.ts";
import { readOperationsBackwards } from "../repo/operation-log.ts";
import type { Context } from "./context.ts";
import { openRepository } from "./open-workspace.ts";

/** The operation log, newest first; `limit` 0 means all. */
export async function listOperations(
  ctx: Context,
  { limit }: { limit: number },
): Promise<OperationRecord[]> {
  const { repo } = openRepository(ctx);
  const records: OperationRecord[] = [];
  for (const record of readOperationsBackwards(repo)) {
    if (limit > 0 && records.length >= limit) break;
    records.push(record);
  }
  return records;
}
