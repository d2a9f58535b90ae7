import {
  chmodSync,
  chownSync,
  linkSync,
  mkdirSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { describe, expect, test } from "vitest";
import { makeCowSandbox, noise, shell, W } from "../cow-stage.ts";
import { IS_ROOT, makeSandbox, type Sandbox } from "../sandbox.ts";
import { isAllShared } from "../shared-extents.ts";

const MANY = 1500;

/** More than one thread writes, and of every kind something. */
async function makeRich(box: Sandbox): Promise<void> {
  const files = Array.from({ length: MANY }, (_, at) => [
    `${W}/d${at % 7}/${"deep/".repeat(at % 3)}f${at}`,
    noise(4096 + at, at + 1),
  ]);
  box.write(Object.fromEntries(files));
  const at = (name: string): string => box.path(`${W}/${name}`);
  for (const [index, mode] of [0o600, 0o664, 0o777, 0o4755, 0o1644, 0o400].entries())
    chmodSync(at(`d0/f${index * 21}`), mode);
  utimesSync(at("d0/f0"), 1, 1e9 + 0.123);
  utimesSync(at("d0/f21"), -5, -7);
  linkSync(at("d0/f0"), at("a-first"));
  linkSync(at("d0/f0"), at("z-last"));
  symlinkSync("d0/nowhere", at("link"));
  mkdirSync(at("empty"), { mode: 0o500 });
  writeFileSync(at("nothing"), "");
  shell(box, "mkfifo pipe; setfattr -n user.note -v hi d0/f0 || true; truncate -s 100K hole");
  chmodSync(at("d1"), 0o555);
  if (!IS_ROOT) return;
  chownSync(at("d0/f42"), 4711, 4712);
  mkdirSync(at("setgid"));
  chownSync(at("setgid"), 0, 4713);
  chmodSync(at("setgid"), 0o2775);
  writeFileSync(at("setgid/inside"), "its group is 4713");
  writeFileSync(at("setgid/ours"), "but not of this one");
  chownSync(at("setgid/ours"), 0, 0);
}

/** Where the fork is, from the root of the sandbox. */
async function fork(box: Sandbox, ...argv: string[]): Promise<string> {
  await box.ok(W, "fork", ...argv);
  const path = await box.ok(W, "worktree", "path", argv.at(-1) ?? "");
  return path.trim().slice(box.root.length + 1);
}

describe.each(["the usual file system", "xfs", "btrfs"] as const)("on %s", (type) => {
  const open = (skip: (why: string) => void): Sandbox => {
    if (type === "xfs" || type === "btrfs") return makeCowSandbox(type, skip);
    return makeSandbox();
  };

  test("a fork is the snapshot in everything, and known from the start", async ({ skip }) => {
    await using box = open(skip);
    await makeRich(box);
    await box.ok(W, "init");
    await box.ok(W, "snapshot", "one");
    const before = box.fingerprint(W);

    const one = await fork(box, "HEAD", "one");
    expect(box.fingerprint(one)).toEqual(before);
    expect((await box.json<{ clean: boolean }>(one, "status")).clean).toBe(true);
    writeFileSync(box.path(`${one}/d2/deep/deep/f2`), "edited");
    const { changes } = await box.json<{ changes: { path: string }[] }>(one, "status");
    expect(changes.map(({ path }) => path)).toEqual(["d2/deep/deep/f2"]);
    await box.ok(one, "snapshot", "of the fork");
    await box.ok(one, "restore", "one");
    expect(box.fingerprint(one)).toEqual(before);
    if (type !== "the usual file system") expect(isAllShared(box.path(`${one}/d3/f3`))).toBe(true);
  });

  test("what was edited in the workspace since is not what a fork gets", async ({ skip }) => {
    await using box = open(skip);
    await makeRich(box);
    await box.ok(W, "init");
    await box.ok(W, "snapshot", "one");
    const before = box.fingerprint(W);
    for (let at = 3; at < MANY; at += 7) {
      const path = box.path(`${W}/d3/${"deep/".repeat(at % 3)}f${at}`);
      const { atime, mtime } = statSync(path);
      writeFileSync(path, noise(4096 + at, 9999));
      utimesSync(path, atime, mtime);
    }
    shell(box, "rm -r d4; mv d5 d6/moved");
    shell(box, "rm d2/f30 d2/f9; mkdir d2/f30; mkfifo d2/f9");
    const edited = await fork(box, "HEAD", "edited");
    expect(box.fingerprint(edited)).toEqual(before);
    expect((await box.json<{ clean: boolean }>(edited, "status")).clean).toBe(true);
    if (type === "the usual file system") return;
    expect(isAllShared(box.path(`${edited}/d2/f93`))).toBe(true);
  });
});

test("default ACLs and masks of the place leave no traces in a fork", async ({ skip }) => {
  if (!IS_ROOT) skip("only root can make any owner");
  await using box = makeCowSandbox("xfs", skip);
  await makeRich(box);
  await box.ok(W, "init");
  await box.ok(W, "snapshot", "one");
  const before = box.fingerprint(W);
  shell(
    box,
    "mkdir ../place; setfacl -d -m u:1234:rwx ../place; chmod 2777 ../place; chgrp 99 ../place",
  );
  for (const mask of ["0", "077", "777"]) {
    shell(box, `umask ${mask}; "${box.binary}" fork HEAD m${mask} --path ../place/m${mask}`);
    expect(box.fingerprint(`disk/place/m${mask}`)).toEqual(before);
  }
});
