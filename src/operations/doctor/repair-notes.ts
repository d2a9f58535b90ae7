import type { Repair, RepairId } from "../../model/doctor-report.ts";

/** The repairs that were made so far: known also when the rest is stopped half-way. */
export class RepairNotes {
  readonly made: Repair[] = [];

  /** Takes note of it, if it came to anything. `done` says in words what was done. */
  add(id: RepairId, count: number, done: string): void {
    if (count > 0) this.made.push({ id, done, count });
  }
}
