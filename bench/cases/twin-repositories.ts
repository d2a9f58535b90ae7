import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Bench } from "../case.ts";
import { git, gitCommitAll, jvs } from "../steps.ts";
import type { Tree } from "../trees/tree.ts";

/** Two copies of one tree, one known to jvs and one to git, both with everything saved. */
export interface Twins extends Disposable {
  readonly jvs: string;
  readonly git: string;
}

/** Makes both copies from nothing: a copied file may share its blocks with the first one. */
export function makeTwins(bench: Bench, tree: Tree): Twins {
  const twins = { jvs: join(bench.folder, "jvs"), git: join(bench.folder, "git") };
  tree.make(twins.jvs);
  tree.make(twins.git);
  bench.run(jvs(twins.jvs, "init"), jvs(twins.jvs, "snapshot", "start"));
  bench.run(git(twins.git, "init", "-q", "-b", "main"), ...gitCommitAll(twins.git));
  return {
    ...twins,
    [Symbol.dispose]() {
      for (const folder of Object.values(twins)) rmSync(folder, { recursive: true, force: true });
    },
  };
}
