import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { codes, diagnose, edit, makeThree } from "../doctor-box.ts";

test.each([
  [
    "retention-broken",
    { retention: { manual: { keep_last: -1 } } },
    /invalid retention\.manual\.keep_last: -1 \(must be a whole number/,
  ],
  [
    "retention-broken",
    { retention: { keep_last: "3" } },
    /invalid retention\.keep_last: "3" \(must be a whole number/,
  ],
  [
    "retention-broken",
    { retention: { keep_lots: 3 } },
    /invalid retention\.keep_lots: there is no such rule \(there are keep_last, /,
  ],
  [
    "retention-broken",
    { retention: { keep_within: "x" } },
    /invalid retention\.keep_within: "x" \(must be a span of time, as 12h/,
  ],
  [
    "limits-broken",
    { limits: { auto_max_bytes: [] } },
    /invalid limits\.auto_max_bytes: \[\] \(must be a size/,
  ],
])("%s: %j is found, with the key and what it may be", async (code, fields, words) => {
  const { box, jvs } = await makeThree();
  await using _ = box;
  edit(`${jvs}/repo.json`, (record) => Object.assign(record, fields));

  const report = await diagnose(box);
  expect(report.exit).toBe(12);
  expect(report.findings).toMatchObject([{ code, description: expect.stringMatching(words) }]);
  const repaired = await diagnose(box, "--repair");
  expect(codes(repaired)).toContain(code);
  expect(readFileSync(`${jvs}/repo.json`, "utf8")).not.toContain("record_checksum");
});

test("repo.json is gone, or empty: a finding, rc 12, and every other command says so", async () => {
  const { box, jvs } = await makeThree();
  await using _ = box;
  const path = `${jvs}/repo.json`;
  rmSync(path);
  for (const argv of [[], ["--strict"], ["--repair"]]) {
    const report = await diagnose(box, ...argv);
    expect(report.exit).toBe(12);
    expect(codes(report)).toContain("repo-garbled");
    expect(codes(report), "its id is not there to be compared").not.toContain("repo-id-differs");
  }
  expect((await box.jvs("w", "status")).err).toContain("it is missing");
  expect(existsSync(path)).toBe(false);
  writeFileSync(path, "");
  expect(codes(await diagnose(box))).toContain("repo-garbled");
});

test("repo.json edited by hand, in whatever spelling: --repair adds its checksum", async () => {
  const { box, jvs } = await makeThree();
  await using _ = box;
  const path = `${jvs}/repo.json`;
  const { record_checksum: _checksum, ...record } = JSON.parse(readFileSync(path, "utf8"));
  writeFileSync(path, JSON.stringify({ ...record, retention: { keep_last: 5 } }));

  expect(await diagnose(box, "--strict")).toMatchObject({
    exit: 0,
    findings: [{ code: "record-unsealed", severity: "info" }],
  });
  expect(await diagnose(box, "--repair")).toMatchObject({ exit: 0, findings: [] });
  const sealed = readFileSync(path, "utf8");
  expect(JSON.parse(sealed)).toMatchObject({ retention: { keep_last: 5 } });
  writeFileSync(path, sealed.replace("5", "6"));
  expect((await diagnose(box)).exit).toBe(12);
});

test("the generation of the store is gone: found, no cache is believed, and made anew", async () => {
  const { box, jvs } = await makeThree();
  await using _ = box;
  rmSync(`${jvs}/gc/generation`);

  const report = await diagnose(box, "--strict");
  expect(report).toMatchObject({ exit: 12, findings: [{ code: "generation-damaged" }] });
  expect(await diagnose(box, "--repair")).toMatchObject({ exit: 0, findings: [] });
});
