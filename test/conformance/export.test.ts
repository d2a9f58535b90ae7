import { expect, test } from "vitest";
import { done, MAIN } from "./open-desk.ts";
import { openGallery } from "./open-gallery.ts";

test("export: to a folder, or to a tar file that tar reads", async () => {
  await using desk = await openGallery();
  expect(await desk.jvs("export", "HEAD", "../copy")).toEqual(
    done("Exported snapshot <id1> to $BOX/novel/copy (folder, 8 entries, 15 B)"),
  );
  const source = desk.box.fingerprint(MAIN);
  expect(desk.box.fingerprint("novel/copy")).toEqual(source);
  expect(await desk.jvs("export", "HEAD", "../copy.tar")).toEqual(
    done("Exported snapshot <id1> to $BOX/novel/copy.tar (tar, 8 entries, 15 B)"),
  );
  const script = "mkdir ../untar && tar -xpf ../copy.tar -C ../untar";
  expect(Bun.spawnSync(["sh", "-ec", script], { cwd: desk.box.path(MAIN) }).exitCode).toBe(0);
  expect(desk.box.fingerprint("novel/untar")).toEqual(source);
  const json = JSON.parse((await desk.jvs("export", "HEAD", "../c2", "--json")).out);
  expect(Object.keys(json)).toEqual([
    "snapshot_id",
    "target",
    "format",
    "entries",
    "bytes",
    "issues",
  ]);
});

test("export: never into a control folder; what is wrong with the target is said in its words", async () => {
  await using desk = await openGallery();
  const before = desk.box.fingerprint("novel/.jvs/descriptors");
  expect(await desk.jvs("export", "HEAD", "../.jvs/descriptors/x")).toMatchObject({ exit: 2 });
  expect(desk.box.fingerprint("novel/.jvs/descriptors")).toEqual(before);
  const missing = await desk.jvs("export", "HEAD", "/no/such/x");
  expect(missing).toMatchObject({ exit: 1, out: "" });
  expect(missing.err).toContain('"/no/such" does not exist');
  expect(missing.err).not.toContain("jvs-part");
  expect(await desk.jvs("export", "HEAD", "")).toMatchObject({ exit: 2 });
  expect(await desk.jvs("export", "HEAD", "../copy.tar.gz")).toMatchObject({ exit: 2 });
});
