import { expect, test, vi } from "vitest";
import type { InitReport } from "../../model/reports.ts";
import { initRepository } from "../../operations/init-repository.ts";
import { runCli } from "../fake-io.suite.ts";

vi.mock("../../operations/init-repository.ts", () => ({ initRepository: vi.fn() }));

const MADE: InitReport = {
  format_version: 2,
  repo_id: "id",
  repo_root: "/here/proj",
  layout: "project",
  workspace: "/here/proj/main",
  engine: "objects",
};

test("init says where it is; on a terminal also what to do next", async () => {
  vi.mocked(initRepository).mockResolvedValue(MADE);
  const words = "Initialized JVS repository in /here/proj\n  Main worktree: /here/proj/main\n";

  expect(await runCli(["init", "proj"])).toEqual({ status: 0, out: words, err: "" });
  expect(vi.mocked(initRepository).mock.lastCall?.[1]).toEqual({ name: "proj", force: false });
  expect((await runCli(["init", "proj"], { outIsTerminal: true })).out).toBe(
    `${words}Next: cd /here/proj/main && jvs snapshot "first"\n`,
  );
  expect(JSON.parse((await runCli(["init", "--force", "--json"])).out)).toEqual(MADE);
  expect(vi.mocked(initRepository).mock.lastCall?.[1]).toEqual({ force: true });
});

test("what to do next can be pasted into a shell", async () => {
  vi.mocked(initRepository).mockResolvedValue({ ...MADE, workspace: "/here/it's mine/main" });

  expect((await runCli(["init", "x"], { outIsTerminal: true })).out).toContain(
    "Next: cd '/here/it'\\''s mine/main' && jvs snapshot",
  );
});
