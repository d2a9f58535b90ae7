import { randomBytes } from "node:crypto";
import { copyFileSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { expect, test } from "vitest";
import { flipByte, listPackFiles, loseAllContent } from "../damage.ts";
import { makeSandbox, type Sandbox } from "../sandbox.ts";

interface Verdict {
  readonly snapshot_id: string;
  readonly checksum_valid: boolean;
  readonly payload_hash_valid: boolean;
  readonly tamper_detected: boolean;
  readonly severity?: string;
  readonly error?: string;
  readonly damage?: readonly { readonly path: string; readonly object: string }[];
}

/** Two snapshots that share a large file of noise; its bytes fill nearly all of the first pack. */
async function makeTwo(): Promise<{ box: Sandbox; ids: [string, string]; jvs: string }> {
  const box = makeSandbox({
    "w/d/large.bin": randomBytes(300_000),
    "w/small.txt": "small\n",
  });
  await box.jvs("w", "init");
  const first = await box.json<{ snapshot_id: string }>("w", "snapshot", "one");
  box.write({ "w/later.txt": "later\n" });
  const second = await box.json<{ snapshot_id: string }>("w", "snapshot", "two");
  return { box, ids: [first.snapshot_id, second.snapshot_id], jvs: box.path("w/.jvs") };
}

/** Spoils the large file. */
function spoilLarge(jvs: string): void {
  const sized = listPackFiles(jvs, ".pack").map((path) => ({
    path,
    size: readFileSync(path).length,
  }));
  sized.sort((one, other) => other.size - one.size);
  flipByte(sized[0]?.path ?? "", 150_000);
}

test("intact: a line a snapshot, and one JSON value", async () => {
  const { box, ids } = await makeTwo();
  await using _ = box;

  const plain = await box.jvs("w", "verify");
  expect(plain).toMatchObject({ exit: 0, err: "", out: `${ids[1]}  OK\n${ids[0]}  OK\n` });
  expect(await box.jvs("w", "verify", "--all")).toMatchObject({ exit: 0, out: plain.out });

  const one = await box.jvs("w", "verify", "HEAD");
  expect(one.out).toBe(`Snapshot: ${ids[1]}\n  Checksum: true\n  Payload hash: true\n`);

  const verdicts = await box.json<Verdict[]>("w", "verify", "--all");
  expect(Object.keys(verdicts[0] ?? {})).toEqual([
    "snapshot_id",
    "checksum_valid",
    "payload_hash_valid",
    "tamper_detected",
  ]);
  expect(verdicts.map((verdict) => verdict.payload_hash_valid)).toEqual([true, true]);
});

test("no snapshots: nothing, and an empty list", async () => {
  await using box = makeSandbox({ "w/a": "1" });
  await box.jvs("w", "init");

  expect(await box.jvs("w", "verify")).toMatchObject({ exit: 0, out: "" });
  expect(await box.json("w", "verify")).toEqual([]);
});

test("IN-01, IN-04: altered content is found, named in every snapshot that holds it, and is rc 12", async () => {
  const { box, ids, jvs } = await makeTwo();
  await using _ = box;
  spoilLarge(jvs);

  for (const argv of [["verify"], ["verify", "--all"]]) {
    const { exit, out, err } = await box.jvs("w", ...argv);
    expect(exit).toBe(12);
    expect(out).toMatch(new RegExp(`^${ids[1]}  TAMPERED$`, "m"));
    expect(out).toMatch(new RegExp(`^${ids[0]}  TAMPERED$`, "m"));
    expect(
      out.match(/d\/large\.bin: .*object [0-9a-f]{64} in \.jvs\/objects\/packs\//g),
    ).toHaveLength(2);
    expect(err).toContain("2 damaged snapshots of 2");
  }
  const asJson = await box.jvs("w", "verify", "--json");
  expect(asJson.exit).toBe(12);
  const [verdict] = JSON.parse(asJson.out) as Verdict[];
  expect(verdict).toMatchObject({
    snapshot_id: ids[1],
    checksum_valid: true,
    payload_hash_valid: false,
    tamper_detected: true,
    severity: "critical",
    error: "payload hash mismatch",
    damage: [{ path: "d/large.bin" }],
  });
});

test("one snapshot: damage elsewhere does not count", async () => {
  const { box, ids, jvs } = await makeTwo();
  await using _ = box;
  box.write({ "w/third.bin": randomBytes(50_000) });
  const packs = new Set(listPackFiles(jvs, ".pack"));
  await box.jvs("w", "snapshot", "three");
  const [added = ""] = listPackFiles(jvs, ".pack").filter((path) => !packs.has(path));
  flipByte(added, 20_000);

  expect((await box.jvs("w", "verify", ids[1])).exit).toBe(0);
  const { exit, out } = await box.jvs("w", "verify", "three");
  expect(exit).toBe(12);
  expect(out).toContain(
    "  Payload hash: false\n  TAMPER DETECTED: payload hash mismatch\n    third.bin: ",
  );
});

test("IN-03: content that is gone is damage", async () => {
  const { box, ids, jvs } = await makeTwo();
  await using _ = box;
  loseAllContent(jvs);

  const { exit, out } = await box.jvs("w", "verify", ids[0], "--json");
  expect(exit).toBe(12);
  expect(JSON.parse(out)).toMatchObject({ payload_hash_valid: false, tamper_detected: true });
});

test("an altered record: checksum false, by any name of the snapshot", async () => {
  const { box, ids, jvs } = await makeTwo();
  await using _ = box;
  const path = join(jvs, "descriptors", `${ids[0]}.json`);
  writeFileSync(path, readFileSync(path, "utf8").replace('"one"', '"won"'));

  const { exit, out } = await box.jvs("w", "verify", ids[0]);
  expect(exit).toBe(12);
  expect(out).toBe(
    `Snapshot: ${ids[0]}\n  Checksum: false\n  Payload hash: false\n  TAMPER DETECTED: descriptor checksum mismatch\n`,
  );
  expect((await box.jvs("w", "verify", ids[0].slice(14))).exit).toBe(12);
  expect((await box.jvs("w", "verify", "--quick")).exit).toBe(12);
  expect((await box.jvs("w", "verify", ids[1])).exit).toBe(0);
});

test("unknown ref: not found, 1; nothing verified", async () => {
  const { box } = await makeTwo();
  await using _ = box;

  expect(await box.jvs("w", "verify", "nosuch")).toMatchObject({
    exit: 1,
    out: "",
    err: expect.stringContaining("snapshot 'nosuch' not found"),
  });
  const { exit, out } = await box.jvs("w", "verify", "nosuch", "--json");
  expect(exit).toBe(1);
  expect(JSON.parse(out)).toMatchObject({ error: { code: "E_NOT_FOUND", status: 1 } });
  expect((await box.jvs("w", "verify", "")).exit).toBe(2);
  expect((await box.jvs(".", "verify")).exit).toBe(10);
});

test("--quick says that it did not read, and finds what checksums show", async () => {
  const { box, jvs } = await makeTwo();
  await using _ = box;
  const before = await box.jvs("w", "verify", "--quick");
  expect(before).toMatchObject({ exit: 0, err: expect.stringMatching(/^Quick: /) });
  expect((await box.jvs("w", "verify", "HEAD", "--quick")).out).toContain(
    "Payload hash: not checked (--quick)",
  );
  spoilLarge(jvs);

  const { exit, out } = await box.jvs("w", "verify", "--quick");
  expect(exit).toBe(12);
  expect(out).toContain("d/large.bin: ");
});

test("a damaged copy, where another pack holds the same intact: --quick says what a full one says", async () => {
  const { box, jvs } = await makeTwo();
  await using _ = box;
  box.write({ "v/large.bin": readFileSync(box.path("w/d/large.bin")), "v/more": "more\n" });
  await box.jvs("v", "init");
  await box.jvs("v", "snapshot", "one");
  spoilLarge(jvs);
  const judge = async (...argv: string[]) => {
    const { exit, out } = await box.jvs("w", "verify", "--json", ...argv);
    const verdicts = JSON.parse(out) as (Verdict & { quick?: true })[];
    const inShort = ({ severity, damage = [] }: Verdict) => ({
      severity,
      paths: damage.map(({ path }) => path),
    });
    return { exit, verdicts: verdicts.map(inShort) };
  };
  const alone = await judge("--quick");
  expect(alone.verdicts.map(({ severity }) => severity)).toEqual(["critical", "critical"]);

  for (const path of ([".pack", ".idx"] as const).flatMap((end) =>
    listPackFiles(box.path("v/.jvs"), end),
  ))
    copyFileSync(path, join(jvs, "objects/packs", basename(path)));
  const quick = await judge("--quick");
  expect(quick).toEqual(await judge());
  expect(quick).not.toEqual(alone);
});

test("safety snapshots are verified, and listed with --all or when they are damaged", async () => {
  const { box, ids, jvs } = await makeTwo();
  await using _ = box;
  box.write({ "w/unsaved.bin": randomBytes(50_000) });
  const packs = new Set(listPackFiles(jvs, ".pack"));
  await box.jvs("w", "restore", ids[0]);
  const [added = ""] = listPackFiles(jvs, ".pack").filter((path) => !packs.has(path));

  expect(await box.json<Verdict[]>("w", "verify")).toHaveLength(2);
  expect(await box.json<Verdict[]>("w", "verify", "--all")).toHaveLength(3);
  flipByte(added, 20_000);
  const { exit, out } = await box.jvs("w", "verify");
  expect(exit).toBe(12);
  expect(out).toContain("unsaved.bin");
});

test("the snapshot is gone, its content is not: read with --all alone", async () => {
  const { box, ids, jvs } = await makeTwo();
  await using _ = box;
  spoilLarge(jvs);
  for (const id of ids) rmSync(join(jvs, "descriptors", `${id}.json`));

  expect((await box.jvs("w", "verify")).exit).toBe(0);
  const { exit, err } = await box.jvs("w", "verify", "--all");
  expect(exit).toBe(12);
  expect(err).toContain("no snapshot needs it");
});

test("a pack cut off: what lies below lost folders is told of in a few lines, and not called unneeded", async () => {
  const names = Array.from({ length: 300 }, (_, at) => `w/d/f${at}`);
  await using box = makeSandbox(Object.fromEntries(names.map((name) => [name, `${name}\n`])));
  await box.jvs("w", "init");
  await box.jvs("w", "snapshot", "one");
  for (const path of listPackFiles(box.path("w/.jvs"), ".pack")) truncateSync(path, 100);

  for (const argv of [["verify"], ["verify", "--all"], ["verify", "--quick"]]) {
    const { exit, err } = await box.jvs("w", ...argv);
    expect(exit).toBe(12);
    expect(err).not.toContain("no snapshot needs it");
    expect(err.split("\n").length).toBeLessThan(30);
    const objects = err.match(/(?<=object )[0-9a-f]{64}/g) ?? [];
    expect(new Set(objects).size).toBe(objects.length);
  }
  const { err } = await box.jvs("w", "verify");
  expect(err).toMatch(/^Damaged, and unknown who needs it, as folders cannot be read: /m);
  expect(err).toMatch(/^\.\.\. and 2\d\d more /m);
});

test("names with line ends forge no line, and are spelled in one way", async () => {
  const name = "n\n999  OK";
  await using box = makeSandbox({ [`w/${name}`]: "hello\n", "w/\u001b[31m": "red\n" });
  await box.jvs("w", "init");
  const env = { JVS_SNAPSHOT_ENGINE: "copy" };
  const { out } = await box.run("w", ["snapshot", "one", "--json"], { env });
  const { snapshot_id: id } = JSON.parse(out) as { snapshot_id: string };
  for (const one of [name, "\u001b[31m"]) flipByte(box.path(`w/.jvs/snapshots/${id}/${one}`), 0);

  for (const argv of [["verify"], ["verify", "HEAD"], ["doctor", "--strict"]]) {
    const { out, exit } = await box.jvs("w", ...argv);
    expect(exit).toBe(12);
    expect(out).not.toMatch(/^999 {2}OK/m);
    expect(out).not.toContain("\u001b");
    expect(out.match(/n(\\x0a)999 {2}OK/g)?.length).toBeGreaterThanOrEqual(2);
    expect(out).not.toContain("n\\n999");
  }
});
