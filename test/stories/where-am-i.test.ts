import { mkdirSync, realpathSync, symlinkSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { IS_ROOT, makeSandbox } from "../sandbox.ts";

const NEEDS_REPOSITORY = [
  ["snapshot", "x"],
  ["status"],
  ["history"],
  ["diff"],
  ["restore", "HEAD"],
  ["undo"],
  ["redo"],
  ["operations"],
  ["show", "HEAD"],
  ["ls", "HEAD"],
  ["cat", "HEAD", "a"],
  ["export", "HEAD", "x"],
  ["info"],
];

test.each(NEEDS_REPOSITORY)("outside a repository: jvs %s %s", async (...argv) => {
  await using box = makeSandbox({ "w/a.txt": "a" });
  const { exit, out, err } = await box.jvs("w", ...argv);

  expect({ exit, out }).toEqual({ exit: 10, out: "" });
  expect(err).toMatch(/^(jvs: )?not a JVS repository/);
  expect(err, "the way out").toContain("jvs init");
});

test("outside of every workspace, but in a repository", async () => {
  await using box = makeSandbox();
  await box.ok("", "init", "novel");
  for (const [folder, argv] of [
    ["novel", ["status"]],
    ["novel/.jvs", ["snapshot"]],
    ["novel/.jvs/objects", ["history"]],
  ] as const) {
    const { exit, err } = await box.jvs(folder, ...argv);
    expect({ exit, err }).toEqual({
      exit: 10,
      err: expect.stringContaining("not inside a worktree (current directory is not under main/"),
    });
  }
  expect(await box.ok("novel", "info")).toContain("Workspace: not inside one");
});

test("typos are answered with what was meant", async () => {
  await using box = makeSandbox({ "w/a.txt": "a" });
  await box.ok("w", "init");
  await box.ok("w", "snapshot", "before the rewrite", "--tag", "v1.0");
  const said = async (...argv: string[]): Promise<string> => {
    const { exit, out, err } = await box.jvs("w", ...argv);
    expect(out).toBe("");
    return `${exit} ${err}`;
  };

  expect(await said("snapshto")).toMatch(/^2 unknown command "snapshto".*\n\tsnapshot\n/s);
  expect(await said("snapshot", "--tga", "x")).toMatch(/^2 unknown flag: --tga\n.*--tag/s);
  expect(await said("restore")).toBe("2 accepts 1 arg(s), received 0\n");
  expect(await said("restore", "v1.O")).toMatch(/^1 snapshot 'v1\.O' not found\n.*jvs history/s);
  expect(await said("restore", "rewrite")).toMatch(
    /^1 .*Did you mean: \w{8} \(before the rewrite\)\?/s,
  );
  expect(await said("cat", "HEAD", "b.txt")).toMatch(/^1 jvs: .*"?b\.txt/s);
  expect(await said("snapshot", "--tag", "a b")).toMatch(
    /^2 jvs: invalid tag "a b": E_NAME_INVALID/,
  );
  expect(await said("init", "../x")).toMatch(/^2 jvs: E_NAME_INVALID/);
  expect(await said("init", ".")).toMatch(/^2 jvs: E_NAME_INVALID/);
  expect(await said("restore", "HEAD", "--", "../outside")).toMatch(
    /^2 jvs: .*leads out of the workspace/s,
  );
  expect(await said("diff", "a", "b", "c")).toMatch(/^2 jvs: too many arguments/);
  expect(await said("restore", "")).toMatch(/^2 /);
});

test("a path that neither the snapshot nor the workspace has is named", async () => {
  await using box = makeSandbox({ "w/a.txt": "a" });
  await box.ok("w", "init");
  await box.ok("w", "snapshot");

  for (const command of ["restore", "diff"]) {
    const { exit, err } = await box.jvs("w", command, "HEAD", "--", "a.tx");
    expect({ exit, err }, command).toEqual({ exit: 1, err: expect.stringMatching(/a\.tx\b/) });
  }
});

test("DL-06 CR-06 PA-05 a second init, or one inside, changes nothing", async () => {
  await using box = makeSandbox({ "w/sub/a.txt": "a" });
  await box.ok("w", "init");
  await box.ok("w", "snapshot");
  const before = box.fingerprint("");

  const said = async (folder: string, ...argv: string[]): Promise<string> => {
    const { exit, err } = await box.jvs(folder, ...argv);
    return `${exit} ${err}`;
  };
  expect(await said("w", "init")).toMatch(/^1 jvs: .*there is one already/s);
  expect(await said("w/sub", "init")).toMatch(/^1 jvs: .*lies inside the repository/s);
  expect(await said("w/sub", "init", "name")).toMatch(/^1 jvs: .*lies inside the repository/s);
  expect(await said("w/.jvs", "init")).toMatch(/^1 jvs: /);
  expect(box.fingerprint("")).toEqual(before);
});

test("the whole disk, the home folder and a mount are refused, unless forced", async ({ skip }) => {
  await using box = makeSandbox();
  const { exit, err } = await box.run("../../..", ["init"], { asNobody: true });
  expect({ exit, err }).toEqual({
    exit: 1,
    err: expect.stringContaining("it is the whole file system"),
  });
  const home = await box.jvs("home", "init");
  expect({ exit: home.exit, err: home.err }).toEqual({
    exit: 1,
    err: expect.stringMatching(/it is your home folder\n.*--force/),
  });
  expect((await box.jvs("", "init")).err).toContain("it holds your home folder");
  await box.ok("home", "init", "--force");

  if (!IS_ROOT) skip("only root can mount");
  box.mountMemory("mount", "size=4m");
  expect((await box.jvs("mount", "init")).err).toContain("it is the root of a mounted file system");
  await box.ok("mount", "init", "--force");
});

test("the current folder is named as the user came to it", async () => {
  await using box = makeSandbox({ "real/w/sub/a.txt": "a", "real/w/c.txt": "c" });
  symlinkSync(box.path("real"), box.path("link"));
  symlinkSync(box.path("real/w/sub"), box.path("into"));
  await box.ok("link/w", "init");

  const info = await box.json("link/w", "info");
  expect(info).toMatchObject({ repo_root: box.path("link/w") });
  // A link that leads into the middle of a workspace hides its root: the physical path tells.
  const inside = await box.json("into", "info");
  expect(inside).toMatchObject({ repo_root: realpathSync(box.path("real/w")) });
  await box.ok("into", "snapshot");
  writeFileSync(box.path("real/w/sub/a.txt"), "b");
  expect(await box.ok("into", "diff", "--name-status", "--", "a.txt")).toBe("M\tsub/a.txt\n");
});

test("a current folder that is gone", async () => {
  await using box = makeSandbox();
  mkdirSync(box.path("gone"));
  const script = 'rmdir "$PWD"; "$JVS" status; echo $?';
  const child = Bun.spawnSync(["sh", "-c", script], {
    cwd: box.path("gone"),
    env: { PATH: process.env.PATH ?? "", JVS: box.binary, PWD: box.path("gone") },
  });

  // The runtime finds out before the program begins: the words are its own.
  expect(child.stderr.toString()).toMatch(/current (working )?directory/);
  expect(child.stdout.toString()).toMatch(/^(1|10)\n$/);
});
