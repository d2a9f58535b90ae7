import { expect, test } from "vitest";
import { keysOf } from "./open-desk.ts";
import { openGallery } from "./open-gallery.ts";

test("info", async () => {
  await using desk = await openGallery();
  const { exit, out, err } = await desk.jvs("info");
  expect({ exit, err }).toEqual({ exit: 0, err: "" });
  expect(out.split("\n").slice(0, 8)).toEqual([
    "Repository: $BOX/novel",
    "  Repo ID: <uuid>",
    "  Format version: 2",
    "  Snapshot engine: objects",
    "  Worktrees: 1",
    "  Snapshots: 1",
    "  Layout: project",
    "  Workspace: $BOX/novel/main",
  ]);
  expect(keysOf((await desk.jvs("info", "--json")).out).slice(0, 6)).toEqual([
    ...["format_version", "repo_id", "repo_root"],
    ...["snapshot_engine", "total_snapshots", "total_worktrees"],
  ]);
});
