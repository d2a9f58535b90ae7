import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** Of /proc/<pid>/status (proc_pid_status(5)): what a process may do, where it runs, and what its new files are like. */
const RIGHTS = /^(Umask|Uid|Gid|Groups|CapEff|Seccomp|Cpus_allowed|NoNewPrivs):.*$/gm;
/** What such a process may not do (landlock(7)) cannot be seen from outside. */
const MAY_BE_CONFINED = "NoNewPrivs:\t1";
/** Which words of /proc/<pid>/stat, behind the name: nice value, real-time priority, policy (proc_pid_stat(5)). */
const SCHEDULING = [16, 37, 38] as const;

/** Bun raises it to the hard one (the next column) when it starts, which a caller need not have done yet. */
const SOFT_LIMIT_OF_FILES = /(?<=^Max open files +)\w+ +/m;

/**
 * Whether whatever this process does at a path comes to the same as if the process `pid` did it: the
 * same files are there (mount namespace, root folder), and it has the same rights, limits, umask,
 * processors and scheduling. A process in a sandbox or a container is in another world, as far as the
 * kernel shows it. False where that cannot be told.
 */
export function isSameWorld(pid: number): boolean {
  try {
    const world = describeWorld(pid);
    return world === describeWorld(process.pid) && !world.includes(MAY_BE_CONFINED);
  } catch {
    return false; // It has ended, or is not ours to look at.
  }
}

function describeWorld(pid: number): string {
  const read = (name: string): string => readFileSync(`/proc/${pid}/${name}`, "latin1");
  const stat = read("stat");
  const words = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const scheduling = SCHEDULING.map((word) => words[word]);
  const namespaces = readdirSync(`/proc/${process.pid}/ns`).sort();
  const spaces = namespaces.map((name) => readlinkSync(`/proc/${pid}/ns/${name}`));
  const root = readlinkSync(`/proc/${pid}/root`);
  const rights = read("status").match(RIGHTS) ?? [];
  const limits = read("limits").replace(SOFT_LIMIT_OF_FILES, "");
  return [root, ...spaces, ...rights, ...scheduling, limits, labelOf(pid)].join("\n");
}

/** By which AppArmor or SELinux confine it; "" where there is neither. */
function labelOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/attr/current`, "latin1");
  } catch {
    return "";
  }
}
