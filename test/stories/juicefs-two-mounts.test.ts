import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  findRealMount,
  findSecondMount,
  makeRealScratch,
  type RealScratch,
} from "../../src/fs/juicefs/real-mount.suite.ts";
import { MIB, noise } from "../cow-stage.ts";
import { runInProcess } from "../in-process.ts";

const MOUNT = findRealMount();
const SECOND = findSecondMount(MOUNT);
const JVS = join(import.meta.dirname, "../../bin/jvs");

/** As on two hosts: the kernel shares nothing between two mounts. */
describe.skipIf(SECOND === undefined)("one repository, two JuiceFS clients", () => {
  let scratch: RealScratch;
  let here: string;
  let there: string;

  beforeEach(async () => {
    scratch = makeRealScratch(MOUNT as string);
    here = scratch.path;
    there = join(SECOND as string, basename(here));
    await jvs(here, ["init"]);
  });

  afterEach(() => scratch[Symbol.dispose]());

  async function jvs(folder: string, argv: string[], changes = {}): Promise<string> {
    const ran = await run(folder, argv, changes);
    expect({ ...ran, out: "" }, argv.join(" ")).toEqual({ exit: 0, out: "", err: "" });
    return ran.out;
  }

  function run(folder: string, argv: string[], changes = {}) {
    return runInProcess(folder, argv, { engine: "objects", lockTimeout: 20_000, ...changes });
  }

  /** A snapshot by a process of its own, stopped while it holds the lock of the worktree. */
  async function startAndStop(folder: string): Promise<ChildProcess> {
    const lock = join(folder, ".jvs/locks/worktree.main.lock");
    for (let attempt = 0; attempt < 10; attempt++) {
      writeFileSync(join(folder, "large"), noise(60 * MIB, attempt));
      const holder = spawn(JVS, ["snapshot", "-q", "theirs"], { cwd: folder, stdio: "ignore" });
      while (holder.exitCode === null && readFileSync(lock, "utf8") === "") await Bun.sleep(1);
      holder.kill("SIGSTOP");
      await Bun.sleep(20);
      if (holder.exitCode === null && readFileSync(lock, "utf8") !== "") return holder;
      holder.kill("SIGKILL");
    }
    throw new Error("It was never caught in the middle");
  }

  async function notesOf(folder: string): Promise<string[]> {
    const listed = JSON.parse(await jvs(folder, ["history", "--json"]));
    return listed.map(({ note }: { note: string }) => note);
  }

  test("a lock that is held in one is held in the other, and is free once its holder is killed", async () => {
    await jvs(here, ["snapshot", "first"]);
    const holder = await startAndStop(here);
    const refused = await run(there, ["snapshot", "ours"], { lockTimeout: 0 });
    expect(refused.exit).not.toBe(0);
    expect(refused.err).toContain('Cannot lock the worktree "main"');

    const ended = once(holder, "exit");
    holder.kill("SIGKILL");
    await ended;
    await jvs(there, ["snapshot", "ours"], { lockTimeout: 2000 });
    expect(readdirSync(join(there, ".jvs/drafts"))).toEqual([]);
    await jvs(there, ["verify", "--all"]);
    await jvs(there, ["doctor", "--strict"]);
  });

  test("whoever waits goes on from what the other did", async () => {
    await jvs(here, ["snapshot", "first"]);
    const holder = await startAndStop(here);
    const ours = jvs(there, ["snapshot", "ours"]);
    const ended = once(holder, "exit");
    await Bun.sleep(100);
    holder.kill("SIGCONT");
    expect(await ended).toEqual([0, null]);
    await ours;

    expect(await notesOf(there)).toEqual(["ours", "theirs", "first"]);
  });

  test("each sees at once what the other did last", async () => {
    const notes: string[] = [];
    for (let at = 0; at < 4; at++)
      for (const folder of [here, there]) {
        for (const one of [here, there]) await jvs(one, ["operations"]);
        notes.unshift(`${at} in ${folder}`);
        writeFileSync(join(folder, "file"), notes[0] ?? "");
        await jvs(folder, ["snapshot", notes[0] ?? ""]);
      }

    expect(await notesOf(here)).toEqual(notes);
    expect(readLog().filter((operation) => operation === "snapshot")).toHaveLength(8);
    await jvs(here, ["doctor", "--strict"]);
  });

  /** As the last one to write there sees it. */
  function readLog(): string[] {
    const lines = readFileSync(join(there, ".jvs/audit/audit.jsonl"), "utf8").trim().split("\n");
    return lines.map((line) => JSON.parse(line).operation);
  }
});
