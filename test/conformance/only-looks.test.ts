import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { expect, test } from "vitest";
import { flipByte, listPackFiles } from "../damage.ts";
import { codes, diagnose, makeThree } from "../doctor-box.ts";

test("verify and doctor change no damaged index, and tell of it each time", async () => {
  const { box, jvs } = await makeThree();
  await using _ = box;
  const [first = "", second = ""] = listPackFiles(jvs, ".idx");
  flipByte(first, 100);
  rmSync(second);
  const damaged = readFileSync(first);

  for (let time = 0; time < 2; time++) {
    const { exit, err } = await box.jvs("w", "verify", "--all");
    expect(exit).toBe(12);
    expect(err).toContain(`${first.slice(box.path("w").length + 1)}: the index is damaged`);
    expect((await box.jvs("w", "verify", "--quick")).exit).toBe(12);
    for (const argv of [[], ["--strict"]]) {
      const report = await diagnose(box, ...argv);
      expect(report.exit).toBe(12);
      expect(codes(report).sort()).toEqual(["index-damaged", "index-missing"]);
    }
    expect(readFileSync(first).equals(damaged)).toBe(true);
    expect(existsSync(second)).toBe(false);
  }

  expect(await diagnose(box, "--repair")).toMatchObject({ healthy: true, exit: 0 });
  expect((await box.jvs("w", "verify", "--all")).exit).toBe(0);
});

test("a byte too many at the end of a pack: verify --all says what --quick says", async () => {
  const { box, jvs } = await makeThree();
  await using _ = box;
  const [pack = ""] = listPackFiles(jvs, ".pack");
  chmodSync(pack, 0o644);
  appendFileSync(pack, "x");

  for (const argv of [["--all"], ["--quick"]]) {
    const { exit, err } = await box.jvs("w", "verify", ...argv);
    expect([argv, exit]).toEqual([argv, 12]);
    expect(err).toContain("the trailer does not fit the records");
  }
  expect(await diagnose(box, "--repair")).toMatchObject({ healthy: true, exit: 0 });
  expect((await box.jvs("w", "verify", "--all")).exit).toBe(0);
});

test("a file beside the packs that is not what its name says: found, and removed", async () => {
  const { box, jvs } = await makeThree();
  await using _ = box;
  const wanted = new Bun.CryptoHasher("sha256").update("one\n").digest("hex");
  const paths = ["ab".repeat(32), wanted].map(
    (id) => `${jvs}/objects/files/${id.slice(0, 2)}/${id}`,
  );
  for (const path of paths) {
    mkdirSync(path.slice(0, -65), { recursive: true });
    writeFileSync(path, "something else");
  }

  const { exit, err, out } = await box.jvs("w", "verify", "--all");
  expect(exit).toBe(12);
  expect(err).toContain("ab".repeat(32));
  expect(out).toContain(wanted);
  const report = await diagnose(box, "--strict");
  expect(codes(report).sort()).toEqual(["content-at-risk", "object-damaged"]);
  expect(report.exit).toBe(12);

  expect(await diagnose(box, "--repair")).toMatchObject({ healthy: true, exit: 0 });
  expect(paths.filter((path) => existsSync(path))).toEqual([]);
});
