import {
  closeSync,
  openSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { expect, test } from "vitest";
import { findFaults } from "../repository.ts";
import { makeSandbox } from "../sandbox.ts";

/** Changes something many times a second until disposed. */
function changeAllTheTime(change: (count: number) => void): Disposable {
  let count = 0;
  const timer = setInterval(() => change(++count), 1);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

test("CR-11 a file that changes while it is read: an error that names it, or kept and listed", async () => {
  await using box = makeSandbox({ "w/a.txt": "a", "w/sub/busy.log": "" });
  const busy = box.path("w/sub/busy.log");
  await box.ok("w", "init");
  await box.ok("w", "snapshot", "one");
  truncateSync(busy, 40_000_000);
  const before = box.fingerprint("w").filter((line) => !line.includes("busy"));
  const fd = openSync(busy, "r+");
  {
    using _ = changeAllTheTime((count) => writeSync(fd, `${count}`, 1000));
    const { exit, err } = await box.jvs("w", "snapshot", "two");
    expect({ exit, err }).toEqual({
      exit: 1,
      err: expect.stringMatching(
        /"sub\/busy\.log".*kept changing while it was read\n.*--allow-unstable/,
      ),
    });
    expect(findFaults(box.path("w"))).toEqual([]);
    expect(await box.ok("w", "history")).not.toContain("two");

    const unstable = await box.jvs("w", "snapshot", "two", "--allow-unstable", "--json");
    expect(unstable.exit, "listed as a loss").toBe(3);
    expect(JSON.parse(unstable.out)).toMatchObject({
      losses: [{ path: "sub/busy.log", kind: "unstable" }],
    });
    expect((await box.jvs("w", "status")).exit).toBe(0);
  }
  closeSync(fd);
  expect(box.fingerprint("w").filter((line) => !line.includes("busy"))).toEqual(before);
  await box.ok("w", "snapshot", "three");
  expect(findFaults(box.path("w"))).toEqual([]);
});

test("files that come and go during a snapshot are no failure", async () => {
  const many = Array.from({ length: 3000 }, (_, index) => [`w/many/${index}.txt`, `${index}`]);
  await using box = makeSandbox(Object.fromEntries(many));
  await box.ok("w", "init");
  {
    using _ = changeAllTheTime((count) => {
      writeFileSync(box.path(`w/many/new-${count % 7}`), "x".repeat(count % 50));
      rmSync(box.path(`w/many/new-${(count + 3) % 7}`), { force: true });
      rmSync(box.path(`w/many/${3000 - count}.txt`), { force: true });
    });
    for (let round = 0; round < 5; round++) {
      const { exit, err } = await box.jvs("w", "snapshot", `${round}`, "--allow-unstable");
      expect([0, 3], err).toContain(exit);
      expect((await box.jvs("w", "status")).exit).toBe(0);
    }
  }
  await box.ok("w", "snapshot", "at rest");
  const before = box.fingerprint("w");
  for (let round = 0; round < 5; round++) {
    const { exit, err } = await box.jvs("w", "restore", `${round}`);
    expect([0, 3], err).toContain(exit);
  }
  await box.ok("w", "restore", "HEAD");
  expect(box.fingerprint("w")).toEqual(before);
  expect(findFaults(box.path("w"))).toEqual([]);
});

test("an edit of the same size within the same tick is seen", async () => {
  await using box = makeSandbox({ "w/a.txt": "0" });
  await box.ok("w", "init");
  await box.ok("w", "snapshot", "0");
  for (let round = 1; round <= 20; round++) {
    writeFileSync(box.path("w/a.txt"), `${round % 10}`);
    const [ran] = await Promise.all([box.jvs("w", "snapshot", `${round}`), Promise.resolve()]);
    expect(ran.exit).toBe(0);
    writeFileSync(box.path("w/a.txt"), "x");
    expect(await box.json("w", "status"), `round ${round}`).toMatchObject({ clean: false });
    await box.ok("w", "restore", "HEAD");
    expect(readFileSync(box.path("w/a.txt"), "utf8")).toBe(`${round % 10}`);
  }
});

test("what is written while a restore runs is never lost", async () => {
  const many = (text: string): Record<string, string> =>
    Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`w/${index}.txt`, text]));
  await using box = makeSandbox(many("one"));
  await box.ok("w", "init");
  await box.ok("w", "snapshot", "one");
  box.write(many("two, longer"));
  await box.ok("w", "snapshot", "two");

  for (let round = 0; round < 8; round++) {
    const running = box.start("w", ["restore", round % 2 === 0 ? "one" : "two"]);
    await Bun.sleep(round * 12);
    const mine = `mine ${round}`;
    for (const index of [1, 250, 499])
      writeFileSync(box.path(`w/${index}.txt`), `${mine} ${index}`);
    const { exit } = await running.ended;
    expect([0, 3]).toContain(exit);
    for (const index of [1, 250, 499])
      expect(await isSomewhere(box, `${mine} ${index}`)).toBe(true);
    await box.ok("w", "restore", "HEAD");
    expect(findFaults(box.path("w"))).toEqual([]);
  }
});

/** In the workspace under any name, or in a snapshot. */
async function isSomewhere(
  box: Awaited<ReturnType<typeof makeSandbox>>,
  text: string,
): Promise<boolean> {
  const hash = new Bun.CryptoHasher("sha256").update(text).digest("hex");
  if (box.fingerprint("w").some((line) => line.includes(hash))) return true;
  const all = await box.json<{ snapshot_id: string }[]>("w", "history", "--kind", "all");
  for (const { snapshot_id: id } of all)
    if ((await box.jvs("w", "ls", id, "-R", "--json")).out.includes(hash)) return true;
  return false;
}
