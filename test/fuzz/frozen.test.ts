import { readdirSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { SILENT } from "../../src/model/progress.ts";
import { HASH_ONLY } from "../../src/tree/content-sink.ts";
import { readIndex } from "../../src/tree/index-file.ts";
import { readChanged } from "../../src/tree/read-changed.ts";
import { sealTree } from "../../src/tree/seal-tree.ts";
import { openWorkspaceFolder, scanFolder } from "../../src/tree/workspace-folder.ts";
import { type MutationSpec, mutations, type PlacementSpec, tree } from "./arbitrary-tree.ts";
import { mutateTree } from "./mutate-tree.ts";
import { tellOnBtrfs } from "./on-btrfs.ts";
import { openStage, type Stage } from "./stage.ts";
import { writeTree } from "./write-tree.ts";

const RUNS = Math.ceil(Number(process.env.JVS_FUZZ_RUNS ?? 500) / 10);
/** Longer than a tick of the clock: what was written before is known by its times, if at all. */
const SETTLE_MS = 25;

/** What else is done before a snapshot. */
const CHORES = ["", "status", "undo", "gc", "no-index", "if-changed"] as const;

interface Round {
  readonly edits: readonly MutationSpec[];
  readonly chore: (typeof CHORES)[number];
}

interface Story {
  readonly before: readonly PlacementSpec[];
  readonly rounds: readonly Round[];
}

const story: fc.Arbitrary<Story> = fc.record({
  before: tree,
  rounds: fc.array(fc.record({ edits: mutations, chore: fc.constantFrom(...CHORES) }), {
    minLength: 1,
    maxLength: 5,
  }),
});

/** How many snapshots went by what the file system said; a test in which none did proves nothing. */
let spared = 0;

test(`a snapshot by what changed is the same as by all there is, ${RUNS} random stories`, async ({
  skip,
}) => {
  await tellOnBtrfs(story, tellStory, { runs: RUNS, skip });
  expect(spared).toBeGreaterThan(RUNS / 2);
});

async function tellStory({ before, rounds }: Story, parent: string): Promise<void> {
  using stage = openStage({ parent, engine: "btrfs-snapshot", isSubvolume: true, isLeft: true });
  const { folder } = stage;
  writeTree(folder, before);
  await stage.jvs("init");
  await snapshot(stage, []);
  for (const { edits, chore } of rounds) {
    mutateTree(folder, edits);
    await Bun.sleep(SETTLE_MS);
    await doChore(stage, chore);
    await snapshot(stage, chore === "if-changed" ? ["--if-changed"] : []);
  }
  await stage.jvs("verify", "--all");
}

async function doChore({ jvs, folder }: Stage, chore: Round["chore"]): Promise<void> {
  if (chore === "status") await jvs("status");
  else if (chore === "gc") await jvs("gc", "--now");
  else if (chore === "no-index") Bun.spawnSync(["rm", "-f", indexOf(folder)]);
  else if (chore === "undo") {
    await jvs("snapshot", "before");
    await jvs("restore", "HEAD~1");
    await jvs("undo");
  }
}

async function snapshot({ jvs, folder }: Stage, argv: readonly string[]): Promise<void> {
  const since = readIndex(indexOf(folder))?.frozen?.generation;
  await jvs("snapshot", "x", ...argv);
  const after = readIndex(indexOf(folder));
  // A full walk writes the index anew, and no row of it is dead.
  const isWalked = after?.frozen?.generation !== since && after?.totals.dead === 0;
  if (since !== undefined && !isWalked) spared++;
  const slots = readdirSync(join(folder, ".jvs/snapshots")).sort();
  const shown = JSON.parse(await jvs("show", "HEAD", "--json"));
  expect(slots).toContain(shown.snapshot_id);
  const live = await fullState(folder);
  expect({
    root: shown.payload_root_hash,
    links: shown.links,
    xattrs: shown.root_xattrs,
    entries: shown.entries,
  }).toEqual({
    root: live.root,
    links: live.links,
    xattrs: live.rootXattrs,
    entries: live.entries,
  });
  expect((await fullState(join(folder, ".jvs/snapshots", shown.snapshot_id))).root).toBe(live.root);
}

function indexOf(folder: string): string {
  return join(folder, ".jvs/cache/index.main");
}

/** What is in the folder, by reading all of it. */
async function fullState(path: string): Promise<ReturnType<typeof sealTree>> {
  using folder = openWorkspaceFolder(path);
  const trustBefore = Number.POSITIVE_INFINITY;
  const scan = await scanFolder(folder, { index: undefined, trustBefore, progress: SILENT });
  await readChanged(scan, scan.changed, {
    root: folder.fd,
    sink: HASH_ONLY,
    stores: false,
    allowUnstable: false,
    trustBefore,
    progress: SILENT,
  });
  return sealTree(scan, HASH_ONLY.put, false);
}
