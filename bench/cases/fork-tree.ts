import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Bench, Case } from "../case.ts";
import { jvs } from "../steps.ts";
import { smallFiles } from "../trees/small-files.ts";

const FILES = 10_000;
const AT_MOST = 0.6;
const SETTLE_MS = 500;

/** P5: a second workspace with the same content; where files cannot share blocks, for orientation. */
export const forkTree: Case = {
  goal: "P5",
  title: "fork",
  runs: 9,

  run(bench: Bench): Promise<void> {
    const tree = smallFiles(FILES);
    const home = join(bench.folder, "jvs");
    const source = join(bench.folder, "cp");
    tree.make(home);
    tree.make(source);
    bench.run(jvs(home, "init"), jvs(home, "snapshot", "bench"));
    const { clones } = bench.site;
    const argv = ["cp", "-a", ...(clones ? ["--reflink=always"] : []), source, "copy"];
    return bench.compare({
      work: `fork, ${tree.name}`,
      jvs: {
        name: "jvs fork",
        prepare() {
          if (existsSync(join(home, ".jvs/worktrees/twin")))
            bench.run(jvs(home, "worktree", "remove", "twin", "--force"));
        },
        steps: [jvs(home, "fork", "HEAD", "twin")],
      },
      peers: [
        {
          name: argv.slice(0, -2).join(" "),
          prepare: () => rmSync(join(bench.folder, "copy"), { recursive: true, force: true }),
          steps: [{ argv, cwd: bench.folder }],
          ...(clones && { atMost: AT_MOST }),
        },
      ],
      settleMs: SETTLE_MS,
    });
  },
};
