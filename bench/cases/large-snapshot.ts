import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Bench, Case } from "../case.ts";
import { jvs } from "../steps.ts";
import { largeFiles } from "../trees/large-files.ts";
import { hashAll } from "./hash-all.ts";

const AT_MOST = 1.2;
const SETTLE_MS = 500;

/** P7: few large files on a file system that shares blocks; the bytes have to be hashed. */
export const largeSnapshot: Case = {
  goal: "P7",
  title: "first snapshot of 1 GiB",
  runs: 7,

  async run(bench: Bench): Promise<void> {
    if (!(bench.site.clones && bench.has("openssl"))) return;
    const tree = largeFiles(4, 256);
    const folder = join(bench.folder, "jvs");
    tree.make(folder);
    await bench.compare({
      work: `first snapshot, ${tree.name}`,
      jvs: {
        name: "jvs snapshot",
        prepare() {
          rmSync(join(folder, ".jvs"), { recursive: true, force: true });
          bench.run(jvs(folder, "init"));
        },
        steps: [jvs(folder, "snapshot", "bench")],
      },
      peers: [{ ...hashAll(folder), atMost: AT_MOST }],
      settleMs: SETTLE_MS,
    });
  },
};
