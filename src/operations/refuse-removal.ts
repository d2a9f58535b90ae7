import type { Loss } from "../model/entry.ts";
import { JvsError } from "../model/errors.ts";
import { mountsIn, standsIn, whoStandsIn } from "../repo/who-stands-in.ts";
import type { Context } from "./context.ts";
import type { Workspace } from "./open-workspace.ts";

/** What a snapshot should hold and cannot. */
const GRAVE: ReadonlySet<Loss["kind"]> = new Set(["unreadable", "unstable", "mount"]);

/**
 * Refuses to take the folder away from under the user's feet, or from other processes (unless
 * `force`), or with something mounted in it.
 *
 * @throws E_IN_USE, E_UNSAFE_FOLDER
 */
export function refuseOccupied(
  ctx: Context,
  { repo, worktree: { name }, path }: Workspace,
  force: boolean,
): void {
  if (standsIn(path, ctx.cwd))
    throw new JvsError(`Cannot remove worktree '${name}': you are standing in it`, {
      code: "E_IN_USE",
      hint: `Run \`cd "${repo.layout.root}"\` first`,
      details: { name, path },
    });
  const [mount] = mountsIn(path);
  if (mount !== undefined)
    throw new JvsError(`Cannot remove worktree '${name}': something is mounted at "${mount}"`, {
      code: "E_UNSAFE_FOLDER",
      hint: `Run \`umount "${mount}"\` first: to remove the folder would be to remove what is mounted there`,
      details: { name, mount },
    });
  if (!force) refuseProcesses(name, path);
}

function refuseProcesses(name: string, path: string): void {
  const processes = whoStandsIn(path);
  const [first] = processes;
  if (first === undefined) return;
  const others = processes.length > 1 ? ` and ${processes.length - 1} more` : "";
  throw new JvsError(
    `Cannot remove worktree '${name}': process ${first.pid} (${first.command})${others} is at work in it`,
    {
      code: "E_IN_USE",
      hint: `Let it leave the folder, or use: jvs worktree remove --force ${name}`,
      details: { name, path, processes: processes.map(({ pid }) => String(pid)) },
    },
  );
}

/** @throws E_IN_USE when any file is still written to */
export function refuseWritten(name: string, written: readonly Loss[]): void {
  const [first] = written;
  if (first === undefined) return;
  const others = written.length > 1 ? ` and ${written.length - 1} more` : "";
  throw new JvsError(
    `Cannot remove worktree '${name}': a program has "${first.path}"${others} open for writing`,
    {
      code: "E_IN_USE",
      hint: `Let it end first, or use: jvs worktree remove --force ${name}`,
      details: { name, paths: written.map(({ path }) => path) },
    },
  );
}

/** What is gone with a worktree that is removed all the same: no snapshot holds it. */
export function graveLosses(losses: readonly Loss[]): Loss[] {
  return losses.filter(({ kind }) => GRAVE.has(kind));
}

/**
 * Refuses to give up what no snapshot holds.
 *
 * @throws E_UNSAFE_FOLDER
 */
export function refuseLosses(name: string, losses: readonly Loss[]): void {
  const grave = graveLosses(losses);
  if (grave.length === 0) return;
  const lines = grave.slice(0, 5).map(({ path, why }) => `  ${path}: ${why}`);
  throw new JvsError(
    `Cannot remove worktree '${name}': ${grave.length} of its paths cannot be kept`,
    {
      code: "E_UNSAFE_FOLDER",
      hint: [`To remove anyway, use: jvs worktree remove --force ${name}`, ...lines].join("\n"),
      details: { name, paths: grave.map(({ path }) => path) },
    },
  );
}
