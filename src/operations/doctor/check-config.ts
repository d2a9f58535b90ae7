import { JvsError } from "../../model/errors.ts";
import type { Layout } from "../../repo/layout.ts";
import { loadSettings } from "../settings/load-settings.ts";
import type { NewFinding } from "./exam.ts";

/** The settings of the repository: every other command stops at a broken file. */
export async function checkConfig({ root, jvs }: Layout): Promise<NewFinding[]> {
  try {
    await loadSettings(root, "");
    return [];
  } catch (error) {
    if (!(error instanceof JvsError)) throw error;
    return [
      {
        category: "config",
        description: error.message,
        severity: "error",
        error_code: error.code,
        path: typeof error.details.path === "string" ? error.details.path : jvs,
        code: "config-broken",
        cure: error.hint ?? "Mend the file with an editor",
      },
    ];
  }
}
