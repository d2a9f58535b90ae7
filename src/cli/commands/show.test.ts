import { expect, test, vi } from "vitest";
import { showSnapshot } from "../../operations/show-snapshot.ts";
import { runCli } from "../fake-io.suite.ts";
import {
  CHANGES,
  COUNTS,
  FIRST,
  makeDescriptor,
  NO_COUNTS,
  SECOND,
} from "../fake-reports.suite.ts";

vi.mock("../../operations/show-snapshot.ts", () => ({ showSnapshot: vi.fn() }));

test("the facts and the changes", async () => {
  vi.mocked(showSnapshot).mockResolvedValue({
    descriptor: makeDescriptor({
      snapshot_id: SECOND,
      parent_id: FIRST,
      note: "one\ntwo",
      tags: ["v1"],
      meta: { run: "7" },
      losses: [{ path: "sock", kind: "socket", why: "a socket" }],
    }),
    is_head: true,
    is_latest: false,
    changes: CHANGES,
    counts: COUNTS,
  });

  expect((await runCli(["show", "v1"])).out).toMatchInlineSnapshot(`
    "Snapshot 1767323045000-22222222
      Note: one
            two
      Tags: v1
      run: 7
      Taken: 2026-01-02 03:03:05 UTC
      Kind: manual
      Worktree: main
      Parent: 11111111
      Engine: objects
      Content: 1,200 entries, 35 MB; it added 1.2 MB to the store
      Root hash: ab12
      State: verified
      Place: the workspace stands on it

    Not held faithfully:
      sock: a socket

    Against 11111111: 2 added, 1 removed, 3 modified, 2 renamed, 2 with other metadata only
    + b/new.txt
    + empty/
    - gone
    ~ a.txt (1.2 KB -> 1.4 KB)
    ~ same-size
    ~ spot (directory -> file)
    > from -> to
    > x1 -> x2 (and edited)
    = run.sh (mode 0644 -> 4755, owner)
    = touched (time only)
    "
  `);
  expect(vi.mocked(showSnapshot).mock.lastCall?.[1]).toBe("v1");
  const value = JSON.parse((await runCli(["show", "v1", "--json"])).out);
  expect(Object.keys(value)[0]).toBe("snapshot_id");
  expect(value).toMatchObject({ is_head: true, counts: COUNTS });
});

test("the first snapshot", async () => {
  const report = { is_head: false, is_latest: false, changes: [], counts: NO_COUNTS };
  vi.mocked(showSnapshot).mockResolvedValue({ descriptor: makeDescriptor(), ...report });

  expect((await runCli(["show", "x"])).out).toMatch(/\n\nFirst snapshot: no changes\n$/);
});
