import { statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { layoutOf, settingsPath } from "./layout.ts";

/** The file of one user, for all repositories. `configHome` as XDG_CONFIG_HOME has it. */
export function userSettingsPath(configHome: string): string {
  return resolve(configHome, "jvs", "config.yaml");
}

/**
 * Whether there may be settings for `folder`. Nearly always there are none, and every command asks:
 * this costs a look at each folder above, and imports nothing that is slow to load.
 */
export function mayHaveSettings(folder: string, configHome: string): boolean {
  if (configHome !== "" && isFile(userSettingsPath(configHome))) return true;
  for (let at = folder; ; at = dirname(at)) {
    const layout = layoutOf(at);
    // A file `.jvs` may lead to a repository elsewhere.
    if (isFile(settingsPath(layout)) || isFile(layout.jvs)) return true;
    if (dirname(at) === at) return false;
  }
}

/** Whether there is such a file. What is closed to us is not there. */
export function isFile(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
  } catch {
    return false;
  }
}
