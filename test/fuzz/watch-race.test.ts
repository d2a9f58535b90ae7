import {
  copyFileSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { exchange } from "../../src/fs/at.ts";
import { AT_FDCWD } from "../../src/fs/libc.ts";
import { SILENT } from "../../src/model/progress.ts";
import type { RawPath } from "../../src/model/raw-path.ts";
import type { Context } from "../../src/operations/context.ts";
import { readLiveState } from "../../src/operations/live-state.ts";
import { openWorkspace } from "../../src/operations/open-workspace.ts";
import { HASH_ONLY } from "../../src/tree/content-sink.ts";
import { readIndex } from "../../src/tree/index-file.ts";
import { readChanged } from "../../src/tree/read-changed.ts";
import type { Scan } from "../../src/tree/scan-result.ts";
import { sealTree, type TreeState } from "../../src/tree/seal-tree.ts";
import { openWorkspaceFolder, scanFolder } from "../../src/tree/workspace-folder.ts";
import { makeSandbox, type Sandbox } from "../sandbox.ts";
import { type MutationSpec, mutations, type PlacementSpec, tree } from "./arbitrary-tree.ts";
import { mutateTree } from "./mutate-tree.ts";
import { at, listTree, writeTree } from "./write-tree.ts";

/** Each has a watcher of its own to start. */
const RUNS = Math.ceil(Number(process.env.JVS_FUZZ_RUNS ?? 500) / 20);
const SEED = process.env.JVS_FUZZ_SEED;

interface Round {
  readonly work: readonly MutationSpec[];
  readonly feats: readonly Feat[];
  /** Whether a snapshot is taken behind it, or only looked. */
  readonly saves: boolean;
  /** Whether commands ask while the work is going on. */
  readonly isRaced: boolean;
}

interface Story {
  readonly before: readonly PlacementSpec[];
  readonly rounds: readonly Round[];
}

interface Feat {
  readonly does: keyof typeof FEATS;
  readonly which: number;
  readonly other: number;
}

interface Scene {
  readonly root: string;
  /** A path that is there, and another. */
  readonly path: string;
  readonly other: string;
  readonly which: number;
  /** What stays mapped until the end of the story. */
  readonly mapped: Uint8Array[];
}

/** Only where there is a file, or nothing: a fifo would wait for somebody who reads. */
function put(place: string, content: string, how: { flag: "a" | "w" } = { flag: "w" }): void {
  if (lstatSync(place, { throwIfNoEntry: false })?.isFile() !== false)
    writeFileSync(place, content, how);
}

/** What the deeds of other tests do not do. */
const FEATS = {
  "write through a mapping": ({ root, path, mapped, which }: Scene) => {
    const place = join(root, path);
    if (!lstatSync(place).isFile()) return;
    const bytes = Bun.mmap(place, { shared: true });
    if (bytes.length > 0) bytes[which % bytes.length] = which;
    mapped.push(bytes);
  },
  "write through an old mapping": ({ mapped, which }: Scene) => {
    const bytes = mapped[which % Math.max(mapped.length, 1)];
    if (bytes !== undefined && bytes.length > 0) bytes[(which * 7) % bytes.length] = which;
  },
  exchange: ({ root, path, other }: Scene) => {
    const place = (one: string): { at: number; name: RawPath } => ({
      at: AT_FDCWD,
      name: at(root, one).toString("latin1") as RawPath,
    });
    exchange(place(path), place(other));
  },
  "make folders and fill them": ({ root, which }: Scene) => {
    const folder = join(root, `deep${which % 3}`, "a/b", `c${which % 5}`, "d");
    mkdirSync(folder, { recursive: true });
    for (let file = 0; file < which % 20; file++) put(join(folder, `f${file}`), `${which}`);
  },
  "move a filled folder": ({ root, which }: Scene) => {
    renameSync(join(root, `deep${which % 3}`), join(root, `moved${which % 4}`));
  },
  "move folders back and forth": ({ root, which }: Scene) => {
    const [one, other] = [join(root, `deep${which % 3}`), join(root, "away")];
    for (let turn = 0; turn < 4; turn++) {
      renameSync(one, other);
      put(join(other, "turned"), "x", { flag: "a" });
      renameSync(other, one);
    }
  },
  "remove and make again": ({ root, which }: Scene) => {
    const folder = join(root, `deep${which % 3}`);
    const wasThere = existsSync(folder);
    rmSync(folder, { recursive: true, force: true });
    if (wasThere) mkdirSync(join(folder, "again"), { recursive: true });
    put(join(folder, "again/one"), `${which}`);
  },
  "change the rules": ({ root, which }: Scene) => {
    put(join(root, ".jvsignore"), ["a*\n", "deep1\n", "f1*\n!f12\n", ""][which % 4] ?? "");
  },
  "rules further down": ({ root, which }: Scene) => {
    put(join(root, `deep${which % 3}`, ".jvsignore"), ["f*\n", "a\n"][which % 2] ?? "");
  },
  "tag a cache": ({ root, which }: Scene) => {
    const tag = "Signature: 8a477f597d28d172789f06886806bc55";
    put(join(root, `deep${which % 3}`, "CACHEDIR.TAG"), tag);
  },
  "come from outside, and go there": ({ root, which }: Scene) => {
    const outside = join(root, "..", "outside");
    mkdirSync(join(outside, "in/side"), { recursive: true });
    put(join(outside, "in/side/file"), `${which}`);
    renameSync(join(outside, "in"), join(root, `guest${which % 3}`));
    if (which % 2 === 0) return;
    renameSync(join(root, `guest${which % 3}`), join(outside, `left${which}`));
    put(join(outside, `left${which}/side/file`), "outside", { flag: "a" });
  },
  "many files at once": ({ root, which }: Scene) => {
    if (which % 4 !== 0) return;
    mkdirSync(join(root, "many"), { recursive: true });
    for (let file = 0; file < 1500; file++) put(join(root, "many", `m${file}`), `${which}`);
  },
  "link a known file": ({ root, path, which }: Scene) =>
    linkSync(at(root, path), join(root, `ln${which}`)),
} as const;

const story: fc.Arbitrary<Story> = fc.record({
  before: tree,
  rounds: fc.array(
    fc.record({
      work: mutations,
      feats: fc.array(
        fc.record({
          does: fc.constantFrom(...(Object.keys(FEATS) as (keyof typeof FEATS)[])),
          which: fc.nat(1000),
          other: fc.nat(1000),
        }),
        { maxLength: 8 },
      ),
      saves: fc.boolean(),
      isRaced: fc.boolean(),
    }),
    { minLength: 1, maxLength: 6 },
  ),
});

/** How many looks were spared the walk. */
let spared = 0;

test(`a watched workspace looks as it is, ${RUNS} random stories`, async () => {
  await fc.assert(fc.asyncProperty(story, tellStory), {
    numRuns: RUNS,
    ...(SEED === undefined ? {} : { seed: Number(SEED) }),
    endOnFailure: true,
  });
  expect(spared).toBeGreaterThan(RUNS / 2);
});

async function tellStory({ before, rounds }: Story): Promise<void> {
  await using box = makeSandbox();
  const root = box.path("w");
  mkdirSync(root);
  writeTree(root, before);
  await box.jvs("w", "init");
  const watcher = box.start("w", ["watch", "run"]);
  const mapped: Uint8Array[] = [];
  try {
    await isWatching(box);
    for (const round of rounds) {
      const asking = round.isRaced ? box.jvs("w", "status", "--json") : undefined;
      for (const feat of round.feats) perform(root, feat, mapped);
      mutateTree(root, round.work);
      tameRules(root);
      await asking;
      await expectAsItIs(box, round);
      if (round.saves) await box.jvs("w", "snapshot", "--if-changed");
    }
  } finally {
    watcher.kill("SIGKILL");
    await watcher.ended;
  }
}

async function isWatching(box: Sandbox): Promise<void> {
  for (let tries = 0; tries < 500; tries++) {
    const report = await box.json<{ workspaces: { state: string }[] } | null>(
      "w",
      "watch",
      "status",
    );
    if (report?.workspaces[0]?.state === "ready") return;
    await Bun.sleep(5);
  }
  throw new Error("nothing is watching");
}

function perform(root: string, { does, which, other }: Feat, mapped: Uint8Array[]): void {
  const found = listTree(root);
  const pick = (number: number): string => found[number % found.length]?.path ?? "nothing";
  try {
    FEATS[does]({ root, path: pick(which), other: pick(other), which, mapped });
  } catch (error) {
    if (!(error instanceof Error)) throw error;
  }
}

/** What random bytes make of a rule file is another matter. */
function tameRules(root: string): void {
  for (const { path, kind } of listTree(root))
    if (
      kind === "file" &&
      path.endsWith(".jvsignore") &&
      Bun.file(at(root, path).toString()).size > 100
    )
      writeFileSync(at(root, path), "c\n");
}

/** The scan with what the watcher says, beside a full one from the same index. */
async function expectAsItIs(box: Sandbox, round: Round): Promise<void> {
  const ctx: Context = {
    cwd: box.path("w"),
    home: "/nowhere",
    actor: { user: "ada", host: "engine", pid: process.pid },
    version: "0",
    lockTimeout: 1000,
    engine: "",
    progress: SILENT,
    now: () => new Date(),
  };
  const index = box.path("w/.jvs/cache/index.main");
  const copy = box.path("index");
  if (existsSync(index)) copyFileSync(index, copy);
  const live = await readLiveState(ctx, openWorkspace(ctx));
  if (live.scan.table.mappedFd !== undefined) spared++;
  expect(tell(live.scan, live.tree), JSON.stringify(round.feats)).toEqual(await tellAll(box, copy));
}

async function tellAll(box: Sandbox, index: string): Promise<unknown> {
  using folder = openWorkspaceFolder(box.path("w"));
  const options = { trustBefore: Date.now() / 1000 - 0.02, progress: SILENT };
  const scan = await scanFolder(folder, { ...options, index: readIndex(index) });
  const reading = { root: folder.fd, sink: HASH_ONLY, stores: false, allowUnstable: true };
  await readChanged(scan, scan.changed, { ...reading, ...options });
  return tell(scan, sealTree(scan, HASH_ONLY.put, false));
}

function tell({ losses, ignored }: Scan, state: TreeState): unknown {
  return { ...state, ignored, losses: losses.map(({ path, kind }) => `${kind} ${path}`).sort() };
}
