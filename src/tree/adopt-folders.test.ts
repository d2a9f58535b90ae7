import { chmodSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { ObjectId } from "../model/entry.ts";
import { SILENT } from "../model/progress.ts";
import type { RawPath } from "../model/raw-path.ts";
import { adoptFolders } from "./adopt-folders.ts";
import { HASH_ONLY, hashBytes } from "./content-sink.ts";
import { type ComparedFolder, diffTrees } from "./diff-trees.ts";
import { readChanged } from "./read-changed.ts";
import type { Scan } from "./scan-result.ts";
import { FLAG, type ScanTable } from "./scan-table.ts";
import { sealTree } from "./seal-tree.ts";
import { liveFolder, storedFolder } from "./tree-source.ts";
import { openWorkspaceFolder, scanFolder } from "./workspace-folder.ts";

/** The same for all, so that a file that is written again is as it was. */
const THEN = new Date("2026-01-01T00:00:00Z");
const EDITED = ["a/one", "a/deep/three"];
const OPTIONS = { trustBefore: Number.POSITIVE_INFINITY, progress: SILENT };

/** A folder that was saved, edited, looked at, and is about to be as it was saved. */
interface Box extends Disposable {
  write(name: string, content: string): void;
  at(name: string): string;
  /** What comes of it when all that was edited is put back, but for `leaving`, and `more` is done. */
  goBack(more?: () => void, leaving?: string): Promise<Outcome>;
}

interface Outcome {
  /** Folders that had to be encoded. */
  readonly encoded: string[];
  /** Folders that are said to be stored, though they changed. */
  readonly stored: string[];
}

async function makeBox(): Promise<Box> {
  const root = mkdtempSync(join(tmpdir(), "jvs-adopt-"));
  const at = (name: string): string => join(root, name);
  const write = (name: string, content: string): void => {
    mkdirSync(join(at(name), ".."), { recursive: true });
    writeFileSync(at(name), content);
    utimesSync(at(name), THEN, THEN);
  };
  for (const name of ["a/one", "a/two", "a/deep/three", "b/four"]) write(name, name);
  const saved = new Map<ObjectId, Uint8Array>();
  const first = await scan(root, undefined);
  const wanted = sealTree(
    first,
    (bytes) => {
      const id = hashBytes(bytes);
      saved.set(id, bytes);
      return id;
    },
    true,
  );
  for (const name of [...EDITED, "a/new"]) write(name, "edited");
  const edited = await scan(root, first.table);
  sealTree(edited, HASH_ONLY.put, false);
  const compared = new Map<RawPath, ComparedFolder>();
  const stored = storedFolder(wanted.root, (id) => saved.get(id) ?? expect.fail(`no ${id}`));
  expect([...diffTrees(liveFolder(edited.table), stored, compared)]).not.toEqual([]);
  return {
    at,
    write,
    async goBack(more, leaving) {
      for (const name of EDITED) if (name !== leaving) write(name, name);
      rmSync(at("a/new"), { force: true });
      more?.();
      return await judge(await scan(root, edited.table), compared, root);
    },
    [Symbol.dispose]: () => rmSync(root, { recursive: true }),
  };
}

async function scan(path: string, index: ScanTable | undefined): Promise<Scan> {
  using folder = openWorkspaceFolder(path);
  const found = await scanFolder(folder, { ...OPTIONS, index });
  const how = { root: folder.fd, sink: HASH_ONLY, stores: true, allowUnstable: false };
  await readChanged(found, found.changed, { ...how, ...OPTIONS });
  return found;
}

/** Whatever was adopted: all is named as a scan without an index names it. */
async function judge(
  found: Scan,
  compared: ReadonlyMap<RawPath, ComparedFolder>,
  root: string,
): Promise<Outcome> {
  const { table, dirty } = found;
  const changed = [...dirty];
  adoptFolders(found, compared);
  const encoded = dirty.map((row) => table.pathOf(row)).sort();
  const stored = changed.filter((row) => table.has(row, FLAG.stored) && !dirty.includes(row));
  const tree = sealTree(found, HASH_ONLY.put, false);
  expect(tree).toEqual(sealTree(await scan(root, undefined), HASH_ONLY.put, false));
  return { encoded, stored: stored.map((row) => table.pathOf(row)).sort() };
}

test("folders that are as the stored tree has them take their names from there", async () => {
  using box = await makeBox();
  expect(await box.goBack()).toEqual({ encoded: [], stored: ["", "a", "a/deep"] });
});

test("a name that came meanwhile is in no stored folder", async () => {
  using box = await makeBox();
  const outcome = await box.goBack(() => box.write("a/deep/came", "meanwhile"));
  expect(outcome).toEqual({ encoded: ["", "a", "a/deep"], stored: [] });
});

test("a name that went meanwhile is missed, also where another one came", async () => {
  using box = await makeBox();
  const gone = await box.goBack(() => rmSync(box.at("a/two")));
  expect(gone).toEqual({ encoded: ["", "a"], stored: ["a/deep"] });
  const renamed = await box.goBack(() => box.write("a/other", "meanwhile"));
  expect(renamed).toEqual({ encoded: ["", "a"], stored: ["a/deep"] });
});

test("what was not put back is in no stored folder, though it is as it was looked at", async () => {
  using box = await makeBox();
  const outcome = await box.goBack(() => {}, "a/one");
  expect(outcome).toEqual({ encoded: ["", "a"], stored: ["a/deep"] });
});

test("what did not differ from the stored tree, and was edited meanwhile, is noticed", async () => {
  using box = await makeBox();
  const outcome = await box.goBack(() => box.write("a/two", "meanwhile"));
  expect(outcome).toEqual({ encoded: ["", "a"], stored: ["a/deep"] });
});

test("what should have gone and is still there is noticed", async () => {
  using box = await makeBox();
  const outcome = await box.goBack(() => {
    box.write("a/new", "edited");
    rmSync(box.at("a/two"));
  });
  expect(outcome).toEqual({ encoded: ["", "a"], stored: ["a/deep"] });
});

test("rights that are not as wanted are noticed, of files and of folders", async () => {
  using box = await makeBox();
  const ofFile = await box.goBack(() => chmodSync(box.at("a/one"), 0o600));
  expect(ofFile).toEqual({ encoded: ["", "a"], stored: ["a/deep"] });
  const ofFolder = await box.goBack(() => {
    chmodSync(box.at("a/one"), 0o644);
    chmodSync(box.at("a/deep"), 0o700);
  });
  expect(ofFolder).toEqual({ encoded: ["", "a"], stored: ["a/deep"] });
});

test("a folder that nobody compared is encoded, and so is what it is in", async () => {
  using box = await makeBox();
  const outcome = await box.goBack(() => box.write("b/four", "meanwhile"));
  expect(outcome).toEqual({ encoded: ["", "b"], stored: ["a", "a/deep"] });
});
