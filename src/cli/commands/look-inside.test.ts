import { expect, test, vi } from "vitest";
import type { ListedEntry } from "../../model/reports.ts";
import { exportSnapshot } from "../../operations/export-snapshot.ts";
import { listTree } from "../../operations/list-tree.ts";
import { readFile } from "../../operations/read-file.ts";
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

vi.mock("../../operations/export-snapshot.ts", () => ({ exportSnapshot: vi.fn() }));
vi.mock("../../operations/list-tree.ts", () => ({ listTree: vi.fn() }));
vi.mock("../../operations/read-file.ts", () => ({ readFile: vi.fn() }));
vi.mock("../../operations/show-snapshot.ts", () => ({ showSnapshot: vi.fn() }));

const bytes = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0));

test("show: the facts and the changes", async () => {
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

test("show: the first snapshot", async () => {
  const report = { is_head: false, is_latest: false, changes: [], counts: NO_COUNTS };
  vi.mocked(showSnapshot).mockResolvedValue({ descriptor: makeDescriptor(), ...report });

  expect((await runCli(["show", "x"])).out).toMatch(/\n\nFirst snapshot: no changes\n$/);
});

test("ls: like ls -l", async () => {
  const hash = "ab" as ListedEntry["hash"];
  const mtime = "2026-01-02T03:04:05.000000001Z";
  const entries: ListedEntry[] = [
    { path: "d", kind: "directory", mode: "1777", size: 12_345, mtime: null, hash },
    { path: "d/run", kind: "file", mode: "4755", size: 7, mtime, hash },
    { path: "d/odd", kind: "file", mode: "6600", size: 0, mtime, hash },
    { path: "l", kind: "symlink", mode: "0777", size: 1, mtime: null, hash, target: "d/run" },
    { path: "pipe", kind: "fifo", mode: "0644", size: 0, mtime, hash },
  ];
  vi.mocked(listTree).mockResolvedValue({ snapshot_id: FIRST, entries });

  expect((await runCli(["ls", "HEAD", "é", "-R"])).out).toMatchInlineSnapshot(`
    "drwxrwxrwt  12345  -                 d/
    -rwsr-xr-x      7  2026-01-02 03:04  d/run
    -rwS--S---      0  2026-01-02 03:04  d/odd
    lrwxrwxrwx      1  -                 l -> d/run
    prw-r--r--      0  2026-01-02 03:04  pipe
    "
  `);
  expect(vi.mocked(listTree).mock.lastCall?.[1]).toEqual({
    ref: "HEAD",
    path: "\xc3\xa9",
    recursive: true,
  });
});

test("ls: an empty folder prints nothing", async () => {
  vi.mocked(listTree).mockResolvedValue({ snapshot_id: FIRST, entries: [] });

  expect((await runCli(["ls", "HEAD"])).out).toBe("");
});

test("cat: the bytes as they are, or one JSON value", async () => {
  const printed: number[] = [];
  const out = (data: string | Uint8Array): void => {
    printed.push(...(data as Uint8Array));
  };
  const file = { snapshot_id: FIRST, size: 3, pieces: [bytes("a\xff"), bytes("\n")] };
  vi.mocked(readFile).mockResolvedValue(file);

  await runCli(["cat", "HEAD", "f"], { out });
  const binary = JSON.parse((await runCli(["cat", "HEAD", "f", "--json"])).out);
  vi.mocked(readFile).mockResolvedValue({ ...file, pieces: [bytes("\xc3"), bytes("\xa9")] });
  const text = JSON.parse((await runCli(["cat", "HEAD", "é", "--json"])).out);

  expect(printed).toEqual([97, 255, 10]);
  expect(binary).toMatchObject({ path: "f", encoding: "base64", content: "Yf8K" });
  expect(text).toMatchObject({ path: "é", encoding: "utf8", content: "é" });
});

test("export: where to, and what could not be written", async () => {
  const report = { snapshot_id: FIRST, target: "/there", entries: 1200, bytes: 34_500 };
  vi.mocked(exportSnapshot).mockResolvedValue({
    ...report,
    format: "folder",
    issues: [{ path: "x", kind: "failed", why: "permission denied" }],
  });

  expect(await runCli(["export", "HEAD", "/there"])).toMatchInlineSnapshot(`
    {
      "err": "jvs: warning: 1 path is not as in the snapshot:
      x: permission denied
    ",
      "out": "Exported snapshot 1767322985000-11111111 to /there (folder, 1,200 entries, 35 KB)
    ",
      "status": 3,
    }
  `);
});
