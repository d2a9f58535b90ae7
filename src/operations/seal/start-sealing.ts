import { listPendingMarks } from "../../repo/payloads.ts";
import type { Repo } from "../../repo/repo.ts";
import type { Context } from "../context.ts";

/** What a disk hardly notices. */
const IDLE_RATE = "100MB";

/**
 * Has pending snapshots sealed by a process of its own, which ends at once where there is one
 * already. Does not wait; who cannot start one does without.
 */
export async function startSealing({ program, cwd }: Context, repo: Repo): Promise<void> {
  if (program === undefined || listPendingMarks(repo).length === 0) return;
  const { spawn } = await import("node:child_process");
  const [first, ...words] = program.argv;
  const child = spawn(first, [...words, "seal", "--quiet", "--idle", "--rate", IDLE_RATE], {
    cwd,
    env: { ...program.env, PWD: cwd },
    stdio: "ignore",
    detached: true,
  });
  child.on("error", () => undefined);
  child.unref();
}
