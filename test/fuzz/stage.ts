import { closeSync, mkdirSync, mkdtempSync, readdirSync, readlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { dropLookAhead, lookAhead } from "../../src/repo/look-ahead.ts";
import { releaseIndexes } from "../../src/tree/mapped-indexes.ts";
import { type Fingerprint, fingerprint } from "../fingerprint.ts";
import { runInProcess } from "../in-process.ts";
import { removeTree } from "../sandbox.ts";

/** A folder for one random story, and what is done in it. */
export interface Stage extends Disposable {
  readonly folder: string;
  /** Runs jvs in the folder; it must do all that it is told. */
  jvs(this: void, ...argv: string[]): Promise<string>;
  look(this: void): Fingerprint;
  snapshot(note: string): Promise<Fingerprint>;
  /** Status must say "clean" exactly when nothing that a snapshot keeps differs. */
  expectClean(now: Fingerprint, saved: Fingerprint): Promise<void>;
}

export interface StageOptions {
  /** Where the folder is made; in the system's place for temporary files unless given. */
  readonly parent?: string;
  /** How snapshots are kept; "" for what is usual there. */
  readonly engine?: string;
  /** On btrfs: the folder is a subvolume. */
  readonly isSubvolume?: boolean;
  /** It goes with the file system that it is on. */
  readonly isLeft?: boolean;
}

/** `using` removes it. */
export function openStage(options: StageOptions = {}): Stage {
  const { parent = tmpdir(), engine = "", isSubvolume = false, isLeft = false } = options;
  const root = mkdtempSync(join(parent, "jvs-fuzz-"));
  const folder = join(root, "w");
  if (isSubvolume) Bun.spawnSync(["btrfs", "subvolume", "create", folder]);
  else mkdirSync(folder);
  const jvs: Stage["jvs"] = async (...argv) => {
    // As the program itself does, where there is much to look at.
    lookAhead({ cwd: () => folder, leastRows: 0 });
    const { exit, out, err } = await runInProcess(folder, argv, { engine });
    dropLookAhead();
    expect({ exit, err }, `jvs ${argv.join(" ")}`).toEqual({ exit: 0, err: "" });
    return out;
  };
  const isClean = async (): Promise<boolean> => JSON.parse(await jvs("status", "--json")).clean;
  return {
    folder,
    jvs,
    look: () => fingerprint(folder),
    async snapshot(note) {
      const seen = fingerprint(folder);
      await jvs("snapshot", note);
      expect(fingerprint(folder), "a snapshot changes nothing").toEqual(seen);
      expect(await isClean(), "clean after a snapshot").toBe(true);
      return seen;
    },
    async expectClean(now, saved) {
      const same = JSON.stringify(now) === JSON.stringify(saved);
      expect(await isClean(), same ? "nothing differs" : "something differs").toBe(same);
    },
    [Symbol.dispose]() {
      releaseIndexes();
      closeFilesIn(root);
      if (!isLeft) removeTree(root);
    },
  };
}

/** The program keeps packs open until its process ends; this one goes on for thousands of stories. */
function closeFilesIn(folder: string): void {
  for (const fd of readdirSync("/proc/self/fd"))
    if (targetOf(fd).startsWith(folder)) closeSync(Number(fd));
}

function targetOf(fd: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    return ""; // The one that listed them.
  }
}
