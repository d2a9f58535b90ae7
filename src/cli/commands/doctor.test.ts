import { expect, test, vi } from "vitest";
import type { DoctorReport } from "../../model/doctor-report.ts";
import { diagnoseRepo } from "../../operations/diagnose-repo.ts";
import { runCli } from "../fake-io.suite.ts";

vi.mock("../../operations/diagnose-repo.ts", () => ({
  diagnoseRepo: vi.fn(),
  listRepairs: () => [{ id: "clean_tmp", description: "clear away", auto_safe: true }],
}));

const HEALTHY: DoctorReport = {
  healthy: true,
  findings: [],
  repairs: [],
  strict: false,
  facts: null,
};

function answer(report: Partial<DoctorReport>): void {
  vi.mocked(diagnoseRepo).mockResolvedValue({ ...HEALTHY, ...report });
}

test("healthy: one line", async () => {
  answer({});
  expect(await runCli(["doctor"])).toEqual({ status: 0, out: "Repository is healthy.\n", err: "" });
});

test("repairs, then findings with their cures; status 12 when unhealthy", async () => {
  answer({
    healthy: false,
    repairs: [{ id: "clean_tmp", done: "cleaned 2 tmp files/directories", count: 2 }],
    findings: [
      {
        category: "audit",
        description: "operation 3 is not what was\nwritten",
        severity: "critical",
        error_code: "E_AUDIT_CHAIN_BROKEN",
        path: ".jvs/audit/audit.jsonl",
        code: "log-altered",
        cure: "Put it back",
        unhealthy: true,
      },
    ],
  });

  const { status, out } = await runCli(["doctor", "--repair"]);
  expect(status).toBe(12);
  expect(out).toMatchInlineSnapshot(`
    "Repair clean_tmp: cleaned 2 tmp files/directories
    Findings (1):
      [critical] audit: operation 3 is not what was\\nwritten [E_AUDIT_CHAIN_BROKEN]
          log-altered, .jvs/audit/audit.jsonl
          Cure: Put it back
    "
  `);
});

test("of many findings alike people see the first ones, and how many more there are", async () => {
  const finding = {
    category: "integrity",
    severity: "error",
    cure: "Heal it",
    unhealthy: true,
  } as const;
  const findings = Array.from({ length: 500 }, (_, at) => ({
    ...finding,
    description: `path ${at}`,
    code: at === 400 ? "other" : "content-at-risk",
  }));
  answer({ healthy: false, findings });

  const { out } = await runCli(["doctor"]);
  expect(out.split("\n").length).toBeLessThan(110);
  expect(out).toContain("Findings (500):");
  expect(out).toContain("path 400");
  expect(out).toContain(
    "  ... and 469 more like content-at-risk (jvs doctor --json has them all)\n",
  );
});

test.each([
  [[], { strict: false, repair: "none" }],
  [["--strict"], { strict: true, repair: "none" }],
  [["--repair-runtime"], { strict: false, repair: "runtime" }],
  [["--repair", "--strict"], { strict: true, repair: "all" }],
])("flags %j", async (flags, query) => {
  answer({});
  await runCli(["doctor", ...flags]);
  expect(vi.mocked(diagnoseRepo).mock.lastCall?.[1]).toEqual(query);
});

test("--repair-list touches nothing", async () => {
  vi.mocked(diagnoseRepo).mockClear();
  expect(await runCli(["doctor", "--repair-list"])).toMatchObject({
    status: 0,
    out: "Available repair actions:\n  clean_tmp (safe): clear away\n",
  });
  expect(diagnoseRepo).not.toHaveBeenCalled();
});
