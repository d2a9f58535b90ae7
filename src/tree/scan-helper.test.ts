import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { SILENT } from "../model/progress.ts";
import { HASH_ONLY } from "./content-sink.ts";
import { readIndex, writeIndex } from "./index-file.ts";
import { readChanged } from "./read-changed.ts";
import type { Scan } from "./scan-result.ts";
import { sealTree } from "./seal-tree.ts";
import { openWorkspaceFolder, scanFolder } from "./workspace-folder.ts";

/** Enough for helping threads to be started, two folders deep. */
const FOLDERS = 20;
const FILES_EACH = 60;
const ROUNDS = 6;

let root = "";
const at = (...path: string[]): string => join(root, "ws", ...path);

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "jvs-scan-"));
  for (let outer = 0; outer < FOLDERS; outer++)
    for (let inner = 0; inner < FOLDERS; inner++) {
      mkdirSync(at(`d${outer}`, `e${inner}`), { recursive: true });
      for (let file = 0; file < FILES_EACH; file++)
        writeFileSync(at(`d${outer}`, `e${inner}`, `f${file}`), `${outer} ${inner} ${file}`);
    }
}, 60_000);

afterAll(() => rmSync(root, { recursive: true, force: true }));

async function scan(index: string | undefined): Promise<{ scan: Scan; tree: string }> {
  using folder = openWorkspaceFolder(at());
  const options = { progress: SILENT, trustBefore: Date.now() / 1000 + 60 };
  const table = index === undefined ? undefined : readIndex(index);
  const found = await scanFolder(folder, { ...options, index: table });
  const reading = { root: folder.fd, sink: HASH_ONLY, allowUnstable: false, ...options };
  // As a snapshot would: what is not said to be stored is never passed over.
  await readChanged(found, found.changed, { ...reading, stores: true });
  return { scan: found, tree: sealTree(found, HASH_ONLY.put, true).root };
}

/** Touches the tree at its beginning, its middle and its end, in every way. */
function change(round: number): void {
  for (const [outer, inner] of [
    [0, 0],
    [9, 11],
    [19, 19],
  ] as const) {
    const folder = at(`d${outer}`, `e${inner}`);
    writeFileSync(join(folder, `new${round}`), "");
    writeFileSync(join(folder, `f${round}`), `round ${round}`);
    rmSync(join(folder, `f${round + 20}`));
    chmodSync(join(folder, `f${round + 40}`), 0o600);
    mkdirSync(join(folder, `empty${round}`));
  }
}

test("a scan with helping threads finds what one without an index finds", async () => {
  const index = join(root, "index");
  writeIndex(index, (await scan(undefined)).scan.table);
  expect(readIndex(index)?.count).toBeGreaterThan(20_000);

  for (let round = 0; round < ROUNDS; round++) {
    change(round);
    const helped = await scan(index);
    expect(helped.tree).toBe((await scan(undefined)).tree);
    expect(helped.scan.changed.length).toBeLessThan(200);
    writeIndex(index, helped.scan.table);
  }
}, 60_000);
