import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import type { Fingerprint } from "../fingerprint.ts";
import { findFaults } from "../repository.ts";
import { makeSandbox, type Ran, type Sandbox } from "../sandbox.ts";

/** A workspace `w` with two snapshots, A and B, and unsaved work C. */
export interface KillStage extends AsyncDisposable {
  readonly box: Sandbox;
  readonly folder: string;
  readonly a: Fingerprint;
  readonly b: Fingerprint;
  readonly c: Fingerprint;
  look(): Fingerprint;
  /** Runs jvs; it must do what it is told. */
  jvs(...argv: string[]): Promise<Ran>;
  json<T>(...argv: string[]): Promise<T>;
  /** Runs jvs, which dies at the fail point. */
  kill(failPoint: string, ...argv: string[]): Promise<void>;
  /** Notes of the snapshots that lead to the head, newest first. */
  notes(): Promise<string[]>;
  /** Whether the text is a file of the workspace, under any name, or of any snapshot. */
  isSomewhere(text: string): Promise<boolean>;
  /** The repository is sound, and nothing is left of what was killed. */
  expectSound(): void;
}

const A = {
  "w/edited.txt": "A",
  "w/same.txt": "same",
  "w/gone-in-b.txt": "only in A",
  "w/folder/deep/file.txt": "A deep",
  "w/becomes-folder": "a file in A",
  "w/mode.sh": "#!/bin/sh\n",
};

/** Makes the three states; they differ in kinds, content and names. */
export async function openKillStage(): Promise<KillStage> {
  const box = makeSandbox(A);
  const stage = stageIn(box);
  await stage.jvs("init");
  const a = stage.look();
  await stage.jvs("snapshot", "A");
  box.write({ "w/edited.txt": "B, which is longer", "w/new-in-b.txt": "B" });
  shell(box, "rm gone-in-b.txt becomes-folder; rm -r folder; chmod 755 mode.sh");
  box.write({ "w/becomes-folder/inside.txt": "B inside" });
  const b = stage.look();
  await stage.jvs("snapshot", "B");
  box.write({ "w/edited.txt": "C", "w/new-in-c.txt": "unsaved in C" });
  return { ...stage, a, b, c: stage.look() };
}

function shell(box: Sandbox, script: string): void {
  const { exitCode, stderr } = Bun.spawnSync(["sh", "-ec", script], { cwd: box.path("w") });
  if (exitCode !== 0) throw new Error(stderr.toString());
}

function stageIn(box: Sandbox): Omit<KillStage, "a" | "b" | "c"> {
  const jvs: KillStage["jvs"] = async (...argv) => {
    const ran = await box.jvs("w", ...argv);
    expect({ exit: ran.exit, err: ran.err }, argv.join(" ")).toEqual({ exit: 0, err: "" });
    return ran;
  };
  const json: KillStage["json"] = (...argv) => box.json("w", ...argv);
  return {
    box,
    folder: box.path("w"),
    look: () => box.fingerprint("w"),
    jvs,
    json,
    async kill(failPoint, ...argv) {
      const { signal, err } = await box.run("w", argv, { failPoint });
      expect({ signal, err }, `${argv.join(" ")} dies at ${failPoint}`).toEqual({
        signal: "SIGKILL",
        err: "",
      });
    },
    async notes() {
      const history = await json<{ note: string }[]>("history");
      return history.map(({ note }) => note);
    },
    isSomewhere: async (text) =>
      readTexts(box.path("w")).includes(text) || (await listHashes(box)).includes(hashOf(text)),
    expectSound: () => expect(findFaults(box.path("w"))).toEqual([]),
    [Symbol.asyncDispose]: () => box[Symbol.asyncDispose](),
  };
}

function readTexts(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name !== ".jvs")
    .map((name) => join(folder, name))
    .flatMap((path) =>
      statSync(path).isDirectory() ? readTexts(path) : [readFileSync(path, "utf8")],
    );
}

/** The hash of every file of every snapshot, hidden ones too. */
async function listHashes(box: Sandbox): Promise<string[]> {
  const all = await box.json<{ snapshot_id: string }[]>("w", "history", "--kind", "all");
  const lists = all.map(({ snapshot_id: id }) =>
    box.json<{ entries: { hash: string }[] }>("w", "ls", id, "-R"),
  );
  return (await Promise.all(lists)).flatMap(({ entries }) => entries.map(({ hash }) => hash));
}

function hashOf(text: string): string {
  return new Bun.CryptoHasher("sha256").update(text).digest("hex");
}
