import { expect, test, vi } from "vitest";
import { JvsError } from "../../model/errors.ts";
import type { InitReport } from "../../model/reports.ts";
import { initRepository } from "../../operations/init-repository.ts";
import { readInfo } from "../../operations/read-info.ts";
import { runCli } from "../fake-io.suite.ts";

vi.mock("../../operations/init-repository.ts", () => ({ initRepository: vi.fn() }));
vi.mock("../../operations/read-info.ts", () => ({ readInfo: vi.fn() }));

const MADE: InitReport = {
  format_version: 2,
  repo_id: "id",
  repo_root: "/here/work",
  layout: "project",
  workspace: "/here/work/main",
  engine: "objects",
};

test("init says where it is; on a terminal also what to do next", async () => {
  vi.mocked(initRepository).mockResolvedValue(MADE);
  const words = "Initialized JVS repository in /here/work\n  Main worktree: /here/work/main\n";

  expect(await runCli(["init", "work"])).toEqual({ status: 0, out: words, err: "" });
  expect(vi.mocked(initRepository).mock.lastCall?.[1]).toEqual({ name: "work", force: false });
  expect((await runCli(["init", "work"], { outIsTerminal: true })).out).toBe(
    `${words}Next: cd /here/work/main && jvs snapshot "first"\n`,
  );
  expect(JSON.parse((await runCli(["init", "--force", "--json"])).out)).toEqual(MADE);
  expect(vi.mocked(initRepository).mock.lastCall?.[1]).toEqual({ force: true });
});

test("init: what to do next can be pasted into a shell", async () => {
  vi.mocked(initRepository).mockResolvedValue({ ...MADE, workspace: "/here/it's mine/main" });

  expect((await runCli(["init", "x"], { outIsTerminal: true })).out).toContain(
    "Next: cd '/here/it'\\''s mine/main' && jvs snapshot",
  );
});

test("info: facts, one a line", async () => {
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
