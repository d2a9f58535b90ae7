import { appendFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { afterEach, describe, expect, test } from "vitest";
import { dropLookAhead, lookAhead, takeLookAhead } from "../../src/repo/look-ahead.ts";
import { findRepo, type Repo } from "../../src/repo/repo.ts";
import { releaseIndex } from "../../src/tree/mapped-indexes.ts";
import { openWorkspaceFolder } from "../../src/tree/workspace-folder.ts";
import { passTick } from "../pass-tick.ts";
import { makeSandbox, type Sandbox } from "../sandbox.ts";

const MANY = 3000;

/** Whether a look from `cwd` is one at the workspace `folder` of the worktree. */
function isTaken(
  box: Sandbox,
  { cwd, folder = cwd, worktree = "main" }: { cwd: string; folder?: string; worktree?: string },
  meanwhile: (repo: Repo) => void = () => undefined,
): boolean {
  const repo = findRepo(box.path(cwd)) as Repo;
  lookAhead({ cwd: () => box.path(cwd), leastRows: 0 });
  meanwhile(repo);
  using workspace = openWorkspaceFolder(box.path(folder));
  using taken = takeLookAhead(repo, worktree, workspace);
  if (taken !== undefined) releaseIndex(taken.index);
  return taken !== undefined;
}

describe.skipIf(navigator.hardwareConcurrency < 2)("a look before the command is there", () => {
  afterEach(dropLookAhead);

  test("is one at the workspace around the current folder", async () => {
    await using box = makeSandbox({ "w/a": "1", "w/below/b": "2", "p/x": "" });
    await box.ok("w", "init");
    await box.ok("w", "snapshot", "one");
    await box.ok("w", "fork", "HEAD", "--name", "side");
    await box.ok("p", "init", "project");
    box.write({ "p/project/main/below/c": "3" });
    await box.ok("p/project/main", "snapshot", "one");
    symlinkSync(box.path("w"), box.path("link"));

    const side = "w/.jvs/worktrees/side";
    expect(isTaken(box, { cwd: "w" })).toBe(true);
    expect(isTaken(box, { cwd: "w/below", folder: "w" })).toBe(true);
    expect(isTaken(box, { cwd: "link/below", folder: "w" })).toBe(true);
    expect(isTaken(box, { cwd: "p/project/main" })).toBe(true);
    expect(isTaken(box, { cwd: "p/project/main/below", folder: "p/project/main" })).toBe(true);
    await box.ok(side, "status");
    await box.ok(side, "snapshot", "of the fork");
    expect(isTaken(box, { cwd: side, worktree: "side" })).toBe(true);
    expect(isTaken(box, { cwd: side, folder: "w" })).toBe(false);
    expect(isTaken(box, { cwd: "w", folder: side, worktree: "side" })).toBe(false);
  });

  test("counts only while nobody has done anything", async () => {
    await using box = makeSandbox({ "w/a": "1" });
    await box.ok("w", "init");
    await box.ok("w", "snapshot", "one");
    const where = { cwd: "w" };
    const isTakenAfter = (deed: (repo: Repo) => void): boolean => isTaken(box, where, deed);
    expect(isTakenAfter(() => undefined)).toBe(true);
    expect(isTakenAfter(({ layout }) => appendFileSync(layout.auditLog, "{}\n"))).toBe(false);
    const index = box.path("w/.jvs/cache/index.main");
    const replace = (): void => {
      renameSync(index, `${index}.old`);
      writeFileSync(index, "");
    };
    expect(isTakenAfter(replace)).toBe(false);
    renameSync(`${index}.old`, index);
    expect(isTakenAfter(() => undefined)).toBe(true);
    const generation = box.path("w/.jvs/gc/generation");
    expect(isTakenAfter(() => writeFileSync(generation, "sweeping\n"))).toBe(false);
    rmSync(index);
    expect(isTakenAfter(() => undefined)).toBe(false);
  });
});

describe("a command that was begun early", () => {
  const files = Object.fromEntries(
    Array.from({ length: MANY }, (_, at) => [`w/d${at % 9}/f${at}`, `content ${at}`]),
  );

  test("sees what was changed before it was called", async () => {
    await using box = makeSandbox(files);
    await box.ok("w", "init");
    await box.ok("w", "snapshot", "one");
    passTick(box.root);
    const before = box.fingerprint("w");
    for (let round = 0; round < 8; round++) {
      const path = `d${round}/f${round + 9 * round}`;
      writeFileSync(box.path(`w/${path}`), `changed in ${round}`);
      rmSync(box.path(`w/d${round}/f${round + 180}`));
      const { counts } = await box.json<{ counts: unknown }>("w", "status");
      expect(counts).toMatchObject({ modified: 1, removed: 1 });
      await box.ok("w", "snapshot", `round ${round}`);
      expect((await box.json<{ clean: boolean }>("w", "status")).clean).toBe(true);
    }
    await box.ok("w", "restore", "one");
    expect(box.fingerprint("w")).toEqual(before);
  });

  test("that makes no sense fails as usual, and so it does without a current folder", async () => {
    await using box = makeSandbox(files);
    await box.ok("w", "init");
    await box.ok("w", "snapshot", "one");
    for (let round = 0; round < 10; round++) {
      const { exit, err } = await box.jvs("w", "status", "--no-such-flag");
      expect({ exit, err }).toMatchObject({
        exit: 2,
        err: expect.stringContaining("no-such-flag"),
      });
    }
    const script = `mkdir gone && cd gone && rmdir ../gone && "${box.binary}" status`;
    const { exitCode, stderr } = Bun.spawnSync(["sh", "-c", script], { cwd: box.path("w") });
    expect(exitCode).not.toBe(0);
    expect(stderr.toString()).toContain("cannot get current directory");
  });
});
