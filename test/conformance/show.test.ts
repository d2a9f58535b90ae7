import { expect, test } from "vitest";
import { done, keysOf } from "./open-desk.ts";
import { openGallery } from "./open-gallery.ts";

test("show: what is recorded, and what it changed", async () => {
  await using desk = await openGallery();
  desk.write({ "a.txt": "hello, world\n" });
  await desk.save("two");
  const shown = await desk.jvs("show", "v1");
  const size = /it added (.*) to/.exec(shown.out)?.[1];
  expect(shown).toEqual(
    done(
      "Snapshot <id1>",
      "  Note: one",
      "  Tags: v1",
      "  ci: yes",
      "  Taken: <second> UTC",
      "  Kind: manual",
      "  Worktree: main",
      "  Parent: none",
      "  Engine: objects",
      `  Content: 8 entries, 15 B; it added ${size} to the store`,
      "  Root hash: <hash>",
      "  State: verified",
      "",
      "First snapshot: 6 added",
      "+ a.txt",
      "+ caf\u00e9 1.txt",
      "+ link",
      "+ pipe",
      "+ sub/b.bin",
      "+ sub/deep/c",
    ),
  );
});

test("show --json is the snapshot object, with what it changed behind", async () => {
  await using desk = await openGallery();
  const { out } = await desk.jvs("show", "HEAD", "--json");
  expect(keysOf(out).slice(0, 3)).toEqual(["snapshot_id", "worktree_name", "created_at"]);
  expect(keysOf(out).slice(-4)).toEqual(["is_head", "is_latest", "changes", "counts"]);
  expect(JSON.parse(out)).toMatchObject({ note: "one", is_head: true, is_latest: true });
});
