import { join } from "node:path";
import type { Bench, Case } from "../case.ts";
import { jvs } from "../steps.ts";
import { largeFiles } from "../trees/large-files.ts";
import { hashAll } from "./hash-all.ts";

const AT_MOST = 1.1;

/** P13: all that is stored is read and hashed. */
export const verifyLarge: Case = {
  goal: "P13",
  title: "verify --all of 1 GiB",
  runs: 7,

  async run(bench: Bench): Promise<void> {
    if (!bench.has("openssl")) return;
    const tree = largeFiles(4, 256);
    const folder = join(bench.folder, "jvs");
    tree.make(folder);
    bench.run(jvs(folder, "init"), jvs(folder, "snapshot", "bench"));
    const prepare = (): void => undefined;
    await bench.compare({
      work: `verify --all, ${tree.name}`,
      jvs: { name: "jvs verify --all", prepare, steps: [jvs(folder, "verify", "--all")] },
      peers: [{ ...hashAll(folder), atMost: AT_MOST }],
    });
  },
};
