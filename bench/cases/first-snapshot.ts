import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Bench, Case, Peer } from "../case.ts";
import { git, gitCommitAll, jvs, type Step } from "../steps.ts";
import { smallFiles } from "../trees/small-files.ts";

const FILES = 10_000;
const AT_MOST_CLONES = 0.5;
const AT_MOST_RESTIC = 0.2;
/** Ten thousand files were just removed, and some file systems clear up behind the scenes. */
const SETTLE_MS = 500;

/** P1: everything is new. `init` of whatever kind is not measured. */
export const firstSnapshot: Case = {
  goal: "P1",
  title: "first snapshot",
  runs: 7,

  async run(bench: Bench): Promise<void> {
    const tree = smallFiles(FILES);
    const home = join(bench.folder, "jvs");
    tree.make(home);
    const peers = [
      ...(bench.site.clones ? [clonePeer(bench, join(bench.folder, "cp"))] : []),
      ...(!bench.site.clones && bench.has("restic") ? [resticPeer(bench)] : []),
      gitPeer(bench, join(bench.folder, "git")),
    ];
    for (const { source } of peers) tree.make(source);
    await bench.compare({
      work: `first snapshot, ${tree.name}`,
      jvs: {
        name: "jvs snapshot",
        prepare() {
          remove(join(home, ".jvs"));
          bench.run(jvs(home, "init"));
        },
        steps: [jvs(home, "snapshot", "bench")],
      },
      peers,
      settleMs: SETTLE_MS,
    });
  },
};

interface PeerWithSource extends Peer {
  readonly source: string;
}

function clonePeer({ folder }: Bench, source: string): PeerWithSource {
  return {
    name: "cp -a --reflink=always",
    source,
    prepare: () => remove(join(folder, "copy")),
    steps: [{ argv: ["cp", "-a", "--reflink=always", source, "copy"], cwd: folder }],
    atMost: AT_MOST_CLONES,
  };
}

/** Each run starts from an empty repository and an empty cache. */
function resticPeer(bench: Bench): PeerWithSource {
  const at = (name: string): string => join(bench.folder, name);
  const env = { RESTIC_PASSWORD: "bench", XDG_CACHE_HOME: at("restic-cache") };
  const restic = (repository: string, ...args: readonly string[]): Step => ({
    argv: ["restic", "-q", "-r", at(repository), ...args],
    cwd: bench.folder,
    env,
  });
  bench.run(restic("restic-empty", "init"));
  return {
    name: "restic backup",
    source: at("restic"),
    prepare() {
      remove(at("restic-repository"));
      remove(at("restic-cache"));
      cpSync(at("restic-empty"), at("restic-repository"), { recursive: true });
    },
    steps: [restic("restic-repository", "backup", at("restic"))],
    atMost: AT_MOST_RESTIC,
  };
}

function gitPeer(bench: Bench, source: string): PeerWithSource {
  return {
    name: "git add -A && git commit",
    source,
    prepare() {
      remove(join(source, ".git"));
      bench.run(git(source, "init", "-q"));
    },
    steps: gitCommitAll(source),
  };
}

function remove(path: string): void {
  rmSync(path, { recursive: true, force: true });
}
