import { expect, test, vi } from "vitest";
import { JvsError } from "../../model/errors.ts";
import { readInfo } from "../../operations/read-info.ts";
import { runCli } from "../fake-io.suite.ts";

vi.mock("../../operations/read-info.ts", () => ({ readInfo: vi.fn() }));

test("facts, one a line", async () => {
  vi.mocked(readInfo).mockResolvedValue({
    format_version: 2,
    repo_id: "id",
    repo_root: "/here",
    snapshot_engine: "objects",
    total_snapshots: 3,
    total_worktrees: 1,
    layout: "in-place",
    workspace: null,
    file_system: "xfs",
    stored_bytes: 1_234_567,
    engines: [
      { name: "objects", usable: true, why: "" },
      { name: "copy", usable: true, why: "" },
      { name: "reflink-copy", usable: false, why: "no blocks are shared here" },
    ],
    version: "1.2.3",
  });

  expect((await runCli(["info"])).out).toMatchInlineSnapshot(`
    "Repository: /here
      Repo ID: id
      Format version: 2
      Snapshot engine: objects
      Worktrees: 1
      Snapshots: 3
      Layout: in-place
      Workspace: not inside one
      File system: xfs
      Other engines here: copy
      Not reflink-copy: no blocks are shared here
      Stored: 1.2 MB
      Version: 1.2.3
    "
  `);
});

test("outside a repository", async () => {
  vi.mocked(readInfo).mockRejectedValue(
    new JvsError("not a JVS repository (or any parent)", {
      code: "E_NO_REPOSITORY",
      hint: "Run `jvs init` here",
    }),
  );

  expect(await runCli(["info"])).toEqual({
    status: 10,
    out: "",
    err: "not a JVS repository (or any parent)\n  Run `jvs init` here\n",
  });
});
