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
  expect(vi.mocked(initRepository).mock.lastCall?.[1]).toEqual({
    name: "proj",
    force: false,
    subvolume: false,
  });
  expect((await runCli(["init", "proj"], { outIsTerminal: true })).out).toBe(
    `${words}Next: cd /here/proj/main && jvs snapshot "first"\n`,
  );
  expect(JSON.parse((await runCli(["init", "--force", "--json"])).out)).toEqual(MADE);
  expect(vi.mocked(initRepository).mock.lastCall?.[1]).toEqual({ force: true, subvolume: false });
});

test("what to do next can be pasted into a shell", async () => {
  vi.mocked(initRepository).mockResolvedValue({ ...MADE, workspace: "/here/it's mine/main" });

  expect((await runCli(["init", "x"], { outIsTerminal: true })).out).toContain(
    "Next: cd '/here/it'\\''s mine/main' && jvs snapshot",
  );
});

test("a folder that was made a subvolume: what is left of the former one, and who stands in it", async () => {
  const kept = { path: "/here/.w.jvs-convert-1", why: "it changed meanwhile" };
  const conversion = {
    kept,
    late: [{ path: "log" }],
    parted: [{ path: "far" }],
    processes: [{ pid: 7, command: "bash" }],
  };
  vi.mocked(initRepository).mockResolvedValue({ ...MADE, layout: "in-place", conversion });

  const { status, out, err } = await runCli(["init", "--subvolume"]);
  expect({ status, out }).toEqual({
    status: 3,
    out: expect.stringContaining("is a subvolume now"),
  });
  expect(err.split("\n")).toEqual([
    "jvs: warning: the former folder is kept as /here/.w.jvs-convert-1: it changed meanwhile",
    "  Compare it with the new one, then remove it",
    "jvs: warning: changed in the former folder at the last moment:",
    "  log",
    "jvs: warning: no longer one file with their names outside of the folder:",
    "  far",
    "jvs: warning: still in the former folder (`cd /here/proj/main` there):",
    "  bash (process 7)",
    "",
  ]);
  expect(await runCli(["init", "x", "--subvolume"])).toMatchObject({ status: 2 });
});

test("where snapshots could be had at once, it says how", async () => {
  vi.mocked(initRepository).mockResolvedValue({
    ...MADE,
    layout: "in-place",
    could_be_subvolume: true,
  });
  expect((await runCli(["init"])).out).toContain("rm -r .jvs && jvs init --subvolume");
});
