import { expect, test, vi } from "vitest";
import { exportSnapshot } from "../../operations/export-snapshot.ts";
import { runCli } from "../fake-io.suite.ts";
import { FIRST } from "../fake-reports.suite.ts";

vi.mock("../../operations/export-snapshot.ts", () => ({ exportSnapshot: vi.fn() }));

test("where to, and what could not be written", async () => {
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
