import { lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Bench, Case } from "../case.ts";
import type { Row } from "../row.ts";
import { jvs } from "../steps.ts";
import { EDITS, editFiles } from "../trees/edit-files.ts";
import { smallFiles } from "../trees/small-files.ts";

const SNAPSHOTS = 50;
const FILES = 10_000;
const FILE_BYTES = 4096;
const AT_MOST = 2;
const FLAT_FILES = 100_000;
const FLAT_AT_MOST = 1 << 20;
const KIB = 1024;

/** P10 and P11b: what a repository grows by, when little changes. */
export const growth: Case = {
  goal: "P10",
  title: "bytes stored for small edits",
  runs: 1,

  async run(bench: Bench): Promise<void> {
    edited(bench);
    if (!bench.isQuick) flat(bench);
  },
};

function edited(bench: Bench): void {
  const folder = join(bench.folder, "edited");
  const tree = smallFiles(FILES);
  tree.make(folder);
  bench.run(jvs(folder, "init"), jvs(folder, "snapshot", "start"));
  const before = bytesBelow(join(folder, ".jvs"));
  for (let round = 1; round <= SNAPSHOTS; round++) {
    editFiles(tree, folder, round);
    bench.run(jvs(folder, "snapshot", "bench"));
  }
  const grown = bytesBelow(join(folder, ".jvs")) - before;
  const work = `${SNAPSHOTS} snapshots of ${EDITS} edits, ${tree.name}`;
  bench.add(rowOf(bench, { work, stored: grown, against: SNAPSHOTS * EDITS * FILE_BYTES }));
}

function flat(bench: Bench): void {
  const folder = join(bench.folder, "flat");
  mkdirSync(folder);
  for (let at = 0; at < FLAT_FILES; at++) writeFileSync(join(folder, `file-${at}`), `${at}\n`);
  bench.run(jvs(folder, "init"), jvs(folder, "snapshot", "start"));
  writeFileSync(join(folder, "file-777"), "edited\n");
  bench.run(jvs(folder, "snapshot", "bench"));
  const records = join(folder, ".jvs/descriptors");
  const last = readdirSync(records).sort().at(-1) ?? "";
  const { stored_bytes: stored } = JSON.parse(readFileSync(join(records, last), "utf8"));
  const work = `one edit in a folder of ${FLAT_FILES.toLocaleString("en")} files`;
  bench.add({ ...rowOf(bench, { work, stored, against: FLAT_AT_MOST }), against: "1 MiB" });
}

function rowOf(
  { site }: Bench,
  { work, stored, against }: { work: string; stored: number; against: number },
): Row {
  const atMost = against === FLAT_AT_MOST ? 1 : AT_MOST;
  const ofMedians = stored / against;
  const figures = (name: string, bytes: number): Row["jvs"] => {
    const size = bytes / KIB;
    const spread = { median: size, min: size, max: size };
    return { name, ms: spread, cpuMs: { median: 0, min: 0, max: 0 }, runs: [size] };
  };
  return {
    goal: "P10",
    work,
    fileSystem: site.label,
    against: "bytes edited",
    unit: "KiB",
    jvs: figures("stored", stored),
    peer: figures("edited", against),
    ratio: { ofMedians, pairs: { median: ofMedians, min: ofMedians, max: ofMedians } },
    atMost,
    isMet: ofMedians <= atMost,
  };
}

function bytesBelow(folder: string): number {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => lstatSync(join(folder, name)))
    .reduce((sum, stat) => sum + (stat.isFile() ? stat.size : 0), 0);
}
