import { randomBytes } from "node:crypto";
import { readFileSync, rmSync } from "node:fs";
import { expect, test } from "vitest";
import { flipByte } from "../damage.ts";
import { diagnose } from "../doctor-box.ts";
import { makeSandbox, type Sandbox } from "../sandbox.ts";

/** A snapshot by the engine copy, and its folder. */
async function makeCopy(
  files: Readonly<Record<string, string | Uint8Array>>,
): Promise<{ box: Sandbox; slot: string }> {
  const box = makeSandbox(
    Object.fromEntries(Object.entries(files).map(([path, content]) => [`w/${path}`, content])),
  );
  await box.jvs("w", "init");
  const env = { JVS_SNAPSHOT_ENGINE: "copy" };
  const { out } = await box.run("w", ["snapshot", "one", "--json"], { env });
  const { snapshot_id: id } = JSON.parse(out) as { snapshot_id: string };
  return { box, slot: box.path(`w/.jvs/snapshots/${id}`) };
}

test("a large file is healed with all its parts, which no pack ever had, and can be restored", async () => {
  const content = randomBytes(5_000_000);
  const { box, slot } = await makeCopy({ big: content, "other.bin": randomBytes(3_000_000) });
  await using _ = box;
  flipByte(`${slot}/big`, 100);

  await diagnose(box, "--repair");
  rmSync(box.path("w/big"));
  expect((await box.jvs("w", "restore", "one")).exit).toBe(0);
  expect(readFileSync(box.path("w/big")).equals(content)).toBe(true);
});
