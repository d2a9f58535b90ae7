import { expect, test, vi } from "vitest";
import type { ListedEntry } from "../../model/reports.ts";
import { listTree } from "../../operations/list-tree.ts";
import { runCli } from "../fake-io.suite.ts";
import { FIRST } from "../fake-reports.suite.ts";

vi.mock("../../operations/list-tree.ts", () => ({ listTree: vi.fn() }));

test("like ls -l", async () => {
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

test("an empty folder prints nothing", async () => {
  vi.mocked(listTree).mockResolvedValue({ snapshot_id: FIRST, entries: [] });

  expect((await runCli(["ls", "HEAD"])).out).toBe("");
});
