import { JvsError } from "../../model/errors.ts";
import { readLimits, readRetention } from "../../repo/retention-policy.ts";
import { loadSettings } from "../settings/load-settings.ts";
import type { Exam, NewFinding } from "./exam.ts";

/** The settings of the repository: every other command stops at a broken file. */
export async function checkConfig({ repo }: Exam): Promise<NewFinding[]> {
  const { root } = repo.layout;
  return [
    ...(await findingOf("config-broken", () => loadSettings(root, ""))),
    ...(await findingOf("retention-broken", () => readRetention(repo))),
    ...(await findingOf("limits-broken", () => readLimits(repo))),
  ];
}

async function findingOf(code: string, read: () => unknown): Promise<NewFinding[]> {
  try {
    await read();
    return [];
  } catch (error) {
    if (!(error instanceof JvsError)) throw error;
    const { path } = error.details;
    return [
      {
        category: "config",
        description: error.message,
        severity: "error",
        error_code: error.code,
        ...(typeof path === "string" ? { path } : {}),
        code,
        cure: error.hint ?? "Mend the file with an editor",
      },
    ];
  }
}
