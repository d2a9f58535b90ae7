import { expect, test, vi } from "vitest";
import type { DiffReport } from "../../model/reports.ts";
import { diffStates } from "../../operations/diff-states.ts";
import { runCli } from "../fake-io.suite.ts";
import { CHANGES, FIRST, SECOND } from "../fake-reports.suite.ts";

vi.mock("../../operations/diff-states.ts", () => ({ diffStates: vi.fn() }));

const EMPTY: DiffReport = {
  from_snapshot_id: FIRST,
  to_snapshot_id: SECOND,
  from_time: "2026-01-02T03:03:05.123Z",
  to_time: "2026-01-02T03:04:05Z",
  compared: "v1 (11111111) -> 22222222",
  added: [],
  removed: [],
  modified: [],
  renamed: [],
  metadata: [],
  total_added: 0,
  total_removed: 0,
  total_modified: 0,
  total_renamed: 0,
  total_metadata: 0,
};
const FULL: DiffReport = {
  ...EMPTY,
  added: CHANGES.filter(({ type }) => type === "added"),
  removed: CHANGES.filter(({ type }) => type === "removed"),
  modified: CHANGES.filter(({ type }) => type === "modified"),
  renamed: CHANGES.filter(({ type }) => type === "renamed"),
  metadata: CHANGES.filter(({ type }) => type === "metadata"),
  total_added: 2,
  total_removed: 1,
  total_modified: 3,
  total_renamed: 2,
  total_metadata: 2,
};

function reports(changes: Partial<DiffReport>): void {
  vi.mocked(diffStates).mockResolvedValue({ ...FULL, ...changes });
}

test("sections, each with its count", async () => {
  reports({});

  expect((await runCli(["diff", "v1", "HEAD"])).out).toMatchInlineSnapshot(`
    "Diff 11111111 -> 22222222
    From: 2026-01-02 03:03:05
    To:   2026-01-02 03:04:05

    Added (2):
      + b/new.txt
      + empty/

    Removed (1):
      - gone

    Modified (3):
      ~ a.txt (1200 -> 1400 bytes)
      ~ same-size
      ~ spot (directory -> file)

    Renamed (2):
      > from -> to
      > x1 -> x2 (and edited)

    Metadata (2):
      = run.sh (mode 0644 -> 4755, owner)
      = touched (time only)

    "
  `);
});

test("equal states", async () => {
  reports(EMPTY);

  expect((await runCli(["diff"])).out).toBe(
    [
      "Diff 11111111 -> 22222222",
      "From: 2026-01-02 03:03:05",
      "To:   2026-01-02 03:04:05",
      "",
      "No changes.",
      "",
    ].join("\n"),
  );
});

test("a side that is no snapshot", async () => {
  reports({ ...EMPTY, to_snapshot_id: null, to_time: null });
  expect((await runCli(["diff"])).out).toMatch(
    /^Diff 11111111 -> workspace\nFrom: .*\nTo: {3}now\n/,
  );

  reports({ ...EMPTY, from_snapshot_id: null, from_time: null });
  expect((await runCli(["diff"])).out).toMatch(/^Diff nothing -> 22222222\n/);
});

test("--stat and --name-status", async () => {
  reports({});
  expect((await runCli(["diff", "--stat"])).out).toBe(
    "Added: 2, Removed: 1, Modified: 3, Renamed: 2, Metadata: 2\n",
  );
  expect((await runCli(["diff", "--name-status"])).out).toMatchInlineSnapshot(`
    "A	b/new.txt
    A	empty
    D	gone
    M	a.txt
    M	same-size
    M	spot
    R	from	to
    R	x1	x2
    T	run.sh
    T	touched
    "
  `);

  reports(EMPTY);
  expect((await runCli(["diff", "--stat"])).out).toBe("Added: 0, Removed: 0, Modified: 0\n");
  expect((await runCli(["diff", "--name-status"])).out).toBe("");
});

test("--patch adds the hunks, in colour on a terminal", async () => {
  const text = "--- a/a.txt\n+++ b/a.txt\n@@ -1 +1 @@\n-old\n+new\n";
  const counts = { added_lines: 1, removed_lines: 1 };
  reports({
    ...EMPTY,
    patches: [
      { path: "a.txt", kind: "text", text, ...counts },
      { path: "pic.png", kind: "binary", text: "", ...counts },
      { path: "huge.csv", kind: "too-large", text: "", ...counts },
    ],
  });

  const plain = await runCli(["diff", "-p"]);
  const colour = await runCli(["diff", "--patch"], { outIsTerminal: true });

  expect(plain.out).toContain(
    `No changes.\n${text}\nBinary file pic.png differs\n\nFile huge.csv is too large`,
  );
  expect(colour.out).toContain("\u001b[36m@@ -1 +1 @@\u001b[0m\n\u001b[31m-old\u001b[0m\n");
  expect(vi.mocked(diffStates).mock.lastCall?.[1]).toMatchObject({ patch: true });
});

test("refs and paths reach the operation, paths as bytes", async () => {
  reports({});

  await runCli(["diff", "v1", "--", "src", "é"]);

  expect(vi.mocked(diffStates).mock.lastCall?.[1]).toEqual({
    from: "v1",
    paths: ["src", "\xc3\xa9"],
    patch: false,
  });
});

test("three are too many", async () => {
  const { status, err } = await runCli(["diff", "a", "b", "c"]);

  expect({ status, err }).toEqual({
    status: 2,
    err: "jvs: too many arguments\n  At most two snapshots are compared; put paths behind --\n",
  });
});

test("--json has the known keys in their order, and modes as users know them", async () => {
  reports({});

  const value = JSON.parse((await runCli(["diff", "--json", "--stat"])).out);

  expect(Object.keys(value)).toEqual([
    "from_snapshot_id",
    "to_snapshot_id",
    "from_time",
    "to_time",
    "added",
    "removed",
    "modified",
    "total_added",
    "total_removed",
    "total_modified",
    "compared",
    "renamed",
    "metadata",
    "total_renamed",
    "total_metadata",
  ]);
  expect(value.added[0]).toEqual({
    path: "b/new.txt",
    type: "added",
    mode: 0o644,
    size: 1200,
    kind: "file",
  });
  expect(value.removed[0]).toMatchObject({ is_symlink: true, old_mode: 0o777 + 2 ** 27 });
  expect(value.metadata[0]).toMatchObject({ mode: 0o755 + 2 ** 23, old_mode: 0o644 });
});
