import type { Bench, Case } from "../case.ts";
import { git, jvs } from "../steps.ts";
import { smallFiles } from "../trees/small-files.ts";
import { makeTwins } from "./twin-repositories.ts";

const FILES = 10_000;
const AT_MOST_MS = 8;
const AT_MOST = 1;

/** P12: what has to cost nothing, since it is called all the time. */
export const startUp: Case = {
  goal: "P12",
  title: "start, and a hook call with nothing changed",
  runs: 21,

  async run(bench: Bench): Promise<void> {
    if (bench.isFirst) await compareVersion(bench);
    await compareHook(bench);
  },
};

function compareVersion(bench: Bench): Promise<void> {
  const prepare = (): void => undefined;
  return bench.compare({
    work: "version",
    jvs: { name: "jvs --version", prepare, steps: [jvs(bench.folder, "--version")] },
    peers: [{ name: "git --version", prepare, steps: [git(bench.folder, "--version")] }],
    atMostMs: AT_MOST_MS,
  });
}

async function compareHook(bench: Bench): Promise<void> {
  const tree = smallFiles(FILES);
  using twins = makeTwins(bench, tree);
  const prepare = (): void => undefined;
  await bench.compare({
    work: `hook call, nothing changed, ${tree.name}`,
    jvs: {
      name: "jvs snapshot --if-changed",
      prepare,
      steps: [jvs(twins.jvs, "snapshot", "--if-changed")],
    },
    peers: [{ name: "git status", prepare, steps: [git(twins.git, "status")], atMost: AT_MOST }],
  });
}
