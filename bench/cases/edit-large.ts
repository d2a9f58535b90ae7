import { closeSync, openSync, readdirSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { Bench, Case } from "../case.ts";
import { jvs } from "../steps.ts";
import { largeFiles } from "../trees/large-files.ts";
import { hashAll } from "./hash-all.ts";

const MIB = 1 << 20;
const AT_MOST = 0.5;
const MOST_STORED = 5 * MIB;

/** P8: one byte changed in one of the files of P7. */
export const editLarge: Case = {
  goal: "P8",
  title: "next snapshot, one byte of 256 MiB changed",
  runs: 7,

  async run(bench: Bench): Promise<void> {
    if (!bench.has("openssl")) return;
    const tree = largeFiles(4, 256);
    const folder = join(bench.folder, "jvs");
    tree.make(folder);
    bench.run(jvs(folder, "init"), jvs(folder, "snapshot", "bench"));
    await bench.compare({
      work: `one byte changed, ${tree.name}`,
      jvs: {
        name: "jvs snapshot",
        prepare: (round) => editByte(join(folder, tree.paths[1] ?? ""), round),
        steps: [jvs(folder, "snapshot", "bench")],
      },
      peers: [{ ...hashAll(folder), atMost: AT_MOST }],
    });
    if (!bench.site.clones) checkStored(folder);
  },
};

function editByte(path: string, round: number): void {
  const fd = openSync(path, "r+");
  writeSync(fd, Uint8Array.of(round), 0, 1, 100 * MIB);
  closeSync(fd);
}

/** What the last snapshot added, where it cannot share blocks. */
function checkStored(folder: string): void {
  const records = join(folder, ".jvs/descriptors");
  const last = readdirSync(records).sort().at(-1) ?? "";
  const { stored_bytes: stored } = JSON.parse(readFileSync(join(records, last), "utf8"));
  if (stored > MOST_STORED)
    throw new Error(`A changed byte stored ${stored} bytes, more than ${MOST_STORED}`);
}
