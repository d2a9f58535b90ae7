import { chmodSync, lstatSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Waits, some milliseconds at most, until the clock of a file system gives another time: what is
 * changed from now on shows by its times. `folder` is one of it, which is left as it was.
 */
export function passTick(folder: string): void {
  const probe = join(folder, `tick-${crypto.randomUUID()}`);
  const timeOf = (): bigint => lstatSync(probe, { bigint: true }).ctimeNs;
  writeFileSync(probe, "");
  for (const before = timeOf(); timeOf() === before; ) chmodSync(probe, 0o600);
  rmSync(probe);
}
