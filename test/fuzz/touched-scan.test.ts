import { lstatSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { SILENT } from "../../src/model/progress.ts";
import type { RawPath } from "../../src/model/raw-path.ts";
import { findTouched } from "../../src/tree/compare-box.suite.ts";
import { type CompareOptions, compareRows } from "../../src/tree/compare-rows.ts";
import { HASH_ONLY } from "../../src/tree/content-sink.ts";
import { diffTables } from "../../src/tree/diff-tables.ts";
import { diffTrees, type TreeChange } from "../../src/tree/diff-trees.ts";
import { indexBehind, mapIndex, readIndex, writeIndex } from "../../src/tree/index-file.ts";
import { findLinkGroups } from "../../src/tree/link-groups.ts";
import { releaseIndex } from "../../src/tree/mapped-indexes.ts";
import { readChanged } from "../../src/tree/read-changed.ts";
import { scanWorkspace } from "../../src/tree/scan.ts";
import { ignoredPaths, type Scan, type ScanOptions } from "../../src/tree/scan-result.ts";
import type { ScanTable } from "../../src/tree/scan-table.ts";
import { scanTouched } from "../../src/tree/scan-touched.ts";
import { sealTree } from "../../src/tree/seal-tree.ts";
import type { Touched } from "../../src/tree/touched.ts";
import { liveFolder, type ViewedEntry } from "../../src/tree/tree-source.ts";
import { openWorkspaceFolder } from "../../src/tree/workspace-folder.ts";
import { passTick } from "../pass-tick.ts";
import { removeTree } from "../sandbox.ts";
import { type MutationSpec, mutations, type PlacementSpec, tree } from "./arbitrary-tree.ts";
import { mutateTree } from "./mutate-tree.ts";
import { at, listTree, writeTree } from "./write-tree.ts";

const RUNS = Number(process.env.JVS_FUZZ_RUNS ?? 500);
const SEED = process.env.JVS_FUZZ_SEED;

interface Story {
  readonly before: readonly PlacementSpec[];
  readonly rounds: readonly (readonly MutationSpec[])[];
  /** Whether times are believed at once, so that nothing is looked at but what was touched. */
  readonly isTrusting: boolean;
  /** Whether the index is written anew after each round, or what was touched piles up. */
  readonly isSaving: boolean;
  /** Whether some of it is kept out of trees. */
  readonly hasRules: boolean;
}

const story: fc.Arbitrary<Story> = fc.record({
  before: tree,
  rounds: fc.array(mutations, { minLength: 1, maxLength: 4 }),
  isTrusting: fc.boolean(),
  isSaving: fc.boolean(),
  hasRules: fc.boolean(),
});

/** How many scans were spared the full walk; a test in which none was would prove nothing. */
let spared = 0;
/** How many were compared with what was before. */
let compared = 0;

test(`a scan of what was touched finds what a full scan finds, ${RUNS} random stories`, async () => {
  await fc.assert(fc.asyncProperty(story, tellStory), {
    numRuns: RUNS,
    ...(SEED === undefined ? {} : { seed: Number(SEED) }),
  });
  expect(spared).toBeGreaterThan(JVS_NATIVE === "" ? RUNS / 2 : RUNS);
  expect(compared).toBeGreaterThan(RUNS);
});

async function tellStory(told: Story): Promise<void> {
  const box = mkdtempSync(join(tmpdir(), "jvs-touched-"));
  const folder = join(box, "w");
  const index = join(box, "index");
  const rules = join(folder, ".jvsignore");
  try {
    mkdirSync(folder);
    writeTree(folder, told.before);
    if (told.hasRules) writeFileSync(rules, "a\n*b*/\n!sub\n");
    const first = await scan(folder, index, { isTrusting: told.isTrusting });
    tell(first);
    writeIndex(index, first.table);
    let before = lookAround(folder);
    for (const round of told.rounds) {
      passTick(box); // Those who are trusting would not tell a folder that changes again.
      mutateTree(folder, round);
      keepRulesShort(rules);
      const now = lookAround(folder);
      const touched = differences(before, now);
      const full = await scan(folder, index, told);
      const quick = await scan(folder, index, { ...told, touched });
      const expected = tell(full);
      expect(tell(quick), JSON.stringify(touched)).toEqual(expected);
      if (JVS_NATIVE !== "") {
        const searched = await scan(folder, index, { ...told, touched: "search" });
        expect(tell(searched), "searched").toEqual(expected);
        releaseIndex(searched.table);
        const marked = await scan(folder, index, { ...told, leastRows: 0 });
        expect(tell(marked), "with what native code found").toEqual(expected);
        const walked = await scan(folder, index, { ...told, inFile: true });
        expect(tell(walked), "against the index in its file").toEqual(expected);
      }
      if (told.isSaving) {
        writeIndex(index, quick.table);
        before = now;
      }
      releaseIndex(quick.table);
    }
  } finally {
    removeTree(box);
  }
}

/** What is no list of patterns at all is another matter. */
function keepRulesShort(rules: string): void {
  const stat = lstatSync(rules, { throwIfNoEntry: false });
  if (stat?.isFile() === true && stat.size > 100) writeFileSync(rules, "c\n");
}

interface How {
  readonly isTrusting: boolean;
  /** What was touched, or that it is to be searched for. */
  readonly touched?: Touched | "search";
  /** All is walked against the index in its file, with what native code found. */
  readonly inFile?: boolean;
  /** From so many rows on native code is asked. */
  readonly leastRows?: number;
}

async function scan(path: string, index: string, how: How): Promise<Scan> {
  const { isTrusting, leastRows = Number.POSITIVE_INFINITY } = how;
  using folder = openWorkspaceFolder(path);
  const trustBefore = isTrusting ? Number.POSITIVE_INFINITY : Date.now() / 1000 - 0.02;
  const options = { trustBefore, progress: SILENT };
  const place = { root: folder.fd, skip: ".jvs" as RawPath, leastRows, ...options };
  const mapped = how.touched === undefined ? undefined : mapIndex(index);
  const touched =
    how.touched === "search"
      ? mapped && (await findTouched(mapped, { ...place, leastRows: 0 }))
      : how.touched;
  const quick = mapped && touched && (await scanTouched({ ...place, index: mapped, touched }));
  if (quick !== undefined) spared++;
  else if (mapped !== undefined) releaseIndex(mapped);
  const against = await indexFor(how, index, place);
  const found = quick ?? (await scanWorkspace({ ...place, ...against }));
  if (against.index !== undefined) releaseIndex(against.index);
  expect(found.changed, "in the order of the table").toEqual(
    found.changed.toSorted((one, other) => one - other),
  );
  const reading = { root: folder.fd, sink: HASH_ONLY, stores: true, allowUnstable: true };
  await readChanged(found, found.changed, { ...reading, ...options });
  compareUnsealed(found, indexBehind(found.table) ?? readIndex(index));
  return found;
}

async function indexFor(
  { inFile = false }: How,
  path: string,
  place: CompareOptions,
): Promise<Pick<ScanOptions, "index" | "marks" | "forgets">> {
  const index = inFile ? mapIndex(path) : undefined;
  if (index === undefined) return { index: readIndex(path) };
  return { index, marks: await compareRows(index, { ...place, leastRows: 0 }), forgets: true };
}

/** What is different is known before folders have names, and no other when they have them. */
function compareUnsealed({ table, dirty }: Scan, before: ScanTable | undefined): void {
  const owners = (of: ScanTable | undefined): string => `${of?.uid[0]} ${of?.gid[0]}`;
  if (before === undefined || owners(before) !== owners(table)) return;
  expect(
    [...diffTables(before, table)].map(tellChange),
    `${dirty.length} unsealed folders`,
  ).toEqual([...diffTrees(liveFolder(before), liveFolder(table))].map(tellChange));
  compared++;
}

function tellChange({ path, before, after }: TreeChange): unknown {
  return { path, before: tellEntry(before), after: tellEntry(after) };
}

/** Of a folder only what its own line tells. */
function tellEntry(entry: ViewedEntry | undefined): unknown {
  const { folder: _view, row: _row, ...line } = entry ?? {};
  return entry?.kind === "d" ? { ...line, content: "", size: 0 } : line;
}

/** All that anybody can ask of a scan, by paths instead of rows. */
function tell(found: Scan): unknown {
  const { table, changed, unstored, linked, losses, ignored } = found;
  const paths = (rows: Iterable<number>): string[] =>
    [...rows]
      .filter((row) => !table.isFolder(row))
      .map((row) => table.pathOf(row))
      .sort();
  return {
    changed: paths(changed),
    unstored: paths(unstored),
    linked: paths(linked.keys()),
    groups: findLinkGroups(found),
    losses: losses.map(({ path, kind }) => `${kind} ${path}`).sort(),
    ignored,
    ignoredPaths: ignoredPaths(found).sort(),
    tree: sealTree(found, HASH_ONLY.put, true),
  };
}

interface Looks {
  readonly isFolder: boolean;
  readonly identity: string;
  readonly state: string;
  readonly isShared: boolean;
}

function lookAround(folder: string): Map<string, Looks> {
  const paths = ["", ...listTree(folder).map(({ path }) => path)];
  return new Map(
    paths.map((path) => {
      const stat = lstatSync(at(folder, path), { bigint: true });
      const { ino, birthtimeNs, ctimeNs, mode, nlink } = stat;
      return [
        path,
        {
          isFolder: stat.isDirectory(),
          identity: `${ino}:${birthtimeNs}:${mode >> 12n}`,
          state: `${ctimeNs}`,
          isShared: !stat.isDirectory() && nlink > 1n,
        },
      ];
    }),
  );
}

/** What a watcher would say. Of a file with several names it may know one, or only the new one. */
function differences(before: Map<string, Looks>, now: Map<string, Looks>): Touched {
  const paths: RawPath[] = [];
  const trees: RawPath[] = [];
  for (const path of new Set([...before.keys(), ...now.keys()]) as Set<RawPath>) {
    const [old, is] = [before.get(path), now.get(path)];
    const isShared = old?.isShared || is?.isShared;
    if (old?.identity === is?.identity && (old?.state === is?.state || isShared)) continue;
    // Of a folder itself only its rights and attributes; names that came and went say so themselves.
    if (is?.isFolder === true && old?.identity !== is.identity) trees.push(path);
    else paths.push(path);
  }
  return { paths, trees };
}
