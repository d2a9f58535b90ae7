import { createHash } from "node:crypto";
import {
  closeSync,
  constants,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { expect, test } from "vitest";
import { IS_ROOT, makeSandbox, removeTree, type Sandbox } from "../sandbox.ts";
import { makeDevice, makeFifo, makeSocket } from "../system-calls.ts";

/** Saves the workspace, wrecks it and brings it back; it must be as it was. */
async function expectRoundTrip(box: Sandbox, wreck: () => void): Promise<void> {
  const before = box.fingerprint("w");
  await box.ok("w", "snapshot", "one");
  wreck();
  expect(await box.json("w", "status")).toMatchObject({ clean: false });
  await box.ok("w", "restore", "HEAD");
  expect(box.fingerprint("w")).toEqual(before);
  expect(await box.json("w", "status")).toMatchObject({ clean: true });
}

function emptyOut(box: Sandbox): void {
  for (const name of readdirSync(box.path("w"), { encoding: "buffer" }))
    if (name.toString() !== ".jvs")
      rmSync(Buffer.concat([Buffer.from(box.path("w/")), name]), { recursive: true });
}

test("TR-01 DL-12 links that dangle, loop or lead out are links, no more", async () => {
  await using box = makeSandbox({ "outside.txt": "mine", "w/a.txt": "a" });
  await box.ok("w", "init");
  for (const [name, target] of [
    ["dangling", "nowhere"],
    ["loop", "loop"],
    ["up", "../outside.txt"],
    ["absolute", "/etc/hostname"],
    ["folder", ".."],
    ["long", "x".repeat(4000)],
    ["a.gz", "a.txt"],
  ] as const)
    symlinkSync(target, box.path(`w/${name}`));

  await expectRoundTrip(box, () => emptyOut(box));
  expect(await box.ok("w", "cat", "HEAD", "up")).toBe("../outside.txt");
  expect(await box.ok("w", "ls", "HEAD")).toContain("loop -> loop");
  await box.ok("w", "export", "HEAD", "../copy");
  expect(lstatSync(box.path("copy/up")).isSymbolicLink(), "TR-05").toBe(true);
});

test("TR-02 fifos come back; sockets and devices are losses with names", async () => {
  await using box = makeSandbox({ "w/a.txt": "a" });
  await box.ok("w", "init");
  makeFifo(box.path("w/pipe"), 0o640);
  await expectRoundTrip(box, () => emptyOut(box));

  makeSocket(box.path("w/app.sock"));
  if (IS_ROOT) makeDevice(box.path("w/null"));
  makeSocket(box.path("w/sock\u00e9t"));
  const { exit, out, err } = await box.jvs("w", "snapshot", "two", "--json");
  expect(exit, "what never holds content is no failure").toBe(0);
  expect(err).toMatch(/the snapshot does not hold \d paths faithfully:\n/);
  expect(err).toContain("  app.sock: a socket");
  const { losses } = JSON.parse(out) as { losses: { path: string; kind: string }[] };
  expect(losses.map(({ path, kind }) => `${kind} ${path}`).sort()).toEqual([
    ...(IS_ROOT ? ["device null"] : []),
    "socket app.sock",
    "socket sock\u00e9t",
  ]);
  expect(await box.ok("w", "show", "HEAD")).toContain("app.sock");

  box.write({ "w/a.txt": "edited" });
  await box.jvs("w", "restore", "HEAD");
  expect(
    lstatSync(box.path("w/app.sock")).isSocket(),
    "nothing that no snapshot holds is removed",
  ).toBe(true);
});

test("a socket where a snapshot has a file is left alone, and reported", async () => {
  for (const name of ["a.txt", "\u00e4.txt", "new\nline", "two words"]) {
    await using box = makeSandbox({ [`w/${name}`]: "a", "w/b.txt": "b" });
    await box.ok("w", "init");
    await box.ok("w", "snapshot", "one");
    rmSync(box.path(`w/${name}`));
    makeSocket(box.path(`w/${name}`));
    box.write({ "w/b.txt": "edited" });

    const { exit, err } = await box.jvs("w", "restore", "HEAD");
    expect(exit, name).toBe(3);
    expect(err).toContain(name.replace("\n", "\\x0a"));
    expect(lstatSync(box.path(`w/${name}`)).isSocket(), name).toBe(true);
  }
});

test("DL-29 IN-19 names are bytes: newlines, spaces, percent signs, no UTF-8", async () => {
  await using box = makeSandbox();
  mkdirSync(box.path("w"));
  await box.ok("w", "init");
  const names = [
    "new\nline",
    "two words",
    "100%",
    "-n",
    "tab\t",
    "\x1b[31mred",
    "\xff\xfe",
    "\xc3\xa9",
    "e\xcc\x81",
  ];
  for (const name of names) {
    const folder = Buffer.concat([Buffer.from(box.path("w/")), Buffer.from(name, "latin1")]);
    mkdirSync(folder);
    writeFileSync(Buffer.concat([folder, Buffer.from("/file")]), name);
  }
  await expectRoundTrip(box, () => emptyOut(box));

  const list = await box.ok("w", "ls", "HEAD", "-R");
  expect(list.split("\n").length - 1, "one path, one line").toBe(names.length * 2);
  expect(list, "no terminal is steered").not.toContain("\x1b");
  const raw = Bun.spawnSync(
    [
      "sh",
      "-c",
      '"$0" cat HEAD "$(printf "\\377\\376")/file" && "$0" restore HEAD -- "$(printf "\\377\\376")"',
      box.binary,
    ],
    { cwd: box.path("w"), env: { PATH: process.env.PATH ?? "" } },
  );
  expect(Buffer.from(raw.stdout).toString("latin1")).toContain("\xc3\xbf\xc3\xbe");
  expect(raw.exitCode).toBe(0);
});

test("a path longer than the system's limit, reached step by step", async () => {
  await using box = makeSandbox();
  mkdirSync(box.path("w"));
  await box.ok("w", "init");
  let fd = openSync(box.path("w"), constants.O_RDONLY | constants.O_DIRECTORY);
  for (let depth = 0; depth < 40; depth++) {
    const next = `/proc/self/fd/${fd}/${"d".repeat(250)}`;
    mkdirSync(next);
    const below = openSync(next, constants.O_RDONLY | constants.O_DIRECTORY);
    closeSync(fd);
    fd = below;
  }
  writeFileSync(`/proc/self/fd/${fd}/deep.txt`, "down here");
  symlinkSync("deep.txt", `/proc/self/fd/${fd}/link`);
  closeSync(fd);

  await expectRoundTrip(box, () => {
    removeTree(box.path(`w/${"d".repeat(250)}`));
  });
  await box.ok("w", "export", "HEAD", "../copy");
});

test("a sparse file of 5 GB stays sparse, and takes little", async () => {
  await using box = makeSandbox();
  mkdirSync(box.path("w"));
  await box.ok("w", "init");
  const file = box.path("w/disk.img");
  writeFileSync(file, "begin");
  truncateSync(file, 5e9);
  const fd = openSync(file, "r+");
  writeSync(fd, "middle", 3e9);
  closeSync(fd);
  await box.ok("w", "snapshot", "one");
  const before = lstatSync(file);
  writeFileSync(file, "gone");

  await box.ok("w", "restore", "HEAD");
  const after = lstatSync(file);
  expect(after.size).toBe(before.size);
  expect(after.mtimeMs).toBe(before.mtimeMs);
  expect(after.blocks * 512).toBeLessThan(1e6);
  const found = Bun.spawnSync([
    "sh",
    "-c",
    `tail -c +3000000001 "${file}" | head -c 6; head -c 5 "${file}"`,
  ]);
  expect(found.stdout.toString()).toBe("middlebegin");
  expect((await box.json<{ stored_bytes: number }>("w", "info")).stored_bytes).toBeLessThan(1e7);
});

test("a hundred thousand files in one folder", async () => {
  await using box = makeSandbox();
  mkdirSync(box.path("w/many"), { recursive: true });
  await box.ok("w", "init");
  for (let index = 0; index < 100_000; index++) writeFileSync(box.path(`w/many/${index}`), "");
  writeFileSync(box.path("w/many/77777"), "full");
  await box.ok("w", "snapshot", "one");

  writeFileSync(box.path("w/many/77777"), "edited");
  rmSync(box.path("w/many/5"));
  const second = await box.json<{ entries: number; stored_bytes: number }>("w", "snapshot", "two");
  expect(second.entries).toBe(100_000);
  expect(second.stored_bytes, "one page or two, not the whole folder").toBeLessThan(1e6);
  expect(await box.ok("w", "diff", "--name-status")).toBe("D\tmany/5\nM\tmany/77777\n");
  await box.ok("w", "restore", "one");
  expect(readdirSync(box.path("w/many")).length).toBe(100_000);
  expect(await box.ok("w", "cat", "HEAD", "many/77777")).toBe("full");
});

test("DL-08 DL-09 DL-10 DL-11 content is opaque, whatever its name", async () => {
  await using box = makeSandbox({
    "w/data": "plain",
    "w/data.gz": Buffer.from("1f8b0800000000000003", "hex"),
    "w/not.gz": "no gzip at all",
    "w/.READY": "mine",
    "w/sub/.READY": "mine, too",
    "w/.jvs-tmp-mine": "mine",
    "w/x.restore-tmp-1/a": "mine",
    "w/sub/.jvs/descriptors/x.json": "a folder like any other down here",
  });
  await box.ok("w", "init");
  Bun.spawnSync(["chmod", "755", box.path("w/not.gz")]);
  await expectRoundTrip(box, () => emptyOut(box));
});

test("DL-19 DL-20 DL-21 modes, times, attributes, links and owners are exact", async () => {
  await using box = makeSandbox({ "w/a.sh": "a", "w/b.sh": "b", "w/sub/c": "c", "w/empty/x": "" });
  rmSync(box.path("w/empty/x"));
  const script = `umask 0; chmod 6755 a.sh; chmod 0464 b.sh; chmod 1777 sub; chmod 2751 empty; ln b.sh sub/d
    touch -d "1969-12-31 23:59:58.123456789 UTC" a.sh; touch -d "2400-01-01 00:00:00.000000001 UTC" sub/c; chmod 0710 .`;
  expect(Bun.spawnSync(["sh", "-ec", script], { cwd: box.path("w") }).exitCode).toBe(0);
  if (IS_ROOT) Bun.spawnSync(["chown", "1234:4321", "sub/c"], { cwd: box.path("w") });
  await box.ok("w", "init");
  await expectRoundTrip(box, () => {
    emptyOut(box);
    Bun.spawnSync(["chmod", "777", box.path("w")]);
  });
});

test("what a snapshot holds is what the files hold", async () => {
  const noise = Buffer.from(Array.from({ length: 70_000 }, (_, index) => (index * 7919) & 255));
  await using box = makeSandbox({ "w/noise.bin": noise });
  await box.ok("w", "init");
  await box.ok("w", "snapshot");
  const { entries } = await box.json<{ entries: { hash: string }[] }>("w", "ls", "HEAD");

  expect(entries[0]?.hash).toBe(createHash("sha256").update(noise).digest("hex"));
  expect((await box.jvs("w", "cat", "HEAD", "noise.bin")).bytes).toEqual(noise);
});
