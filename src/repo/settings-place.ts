import { lstatSync, realpathSync, statSync } from "../fs/files.ts";
import { isLink } from "../fs/is-there.ts";
import { JvsError } from "../model/errors.ts";
import { dirname } from "../model/path.ts";
import { layoutOf, settingsPath } from "./layout.ts";

/**
 * The file of one user, for all repositories.
 *
 * @param configHome as XDG_CONFIG_HOME has it; "" when the environment names no folder of the user's
 * @returns undefined then: what lies around in the current folder is nobody's settings
 */
export function userSettingsPath(configHome: string): string | undefined {
  return configHome === "" ? undefined : `${configHome}/jvs/config.yaml`;
}

/**
 * The same where the user's file may be a link, as in a collection of dot files: the file behind it,
 * if the user owns the folder that it is in.
 *
 * @throws E_CONFIG when the link leads nowhere, or to a folder of somebody else
 */
export function followUserSettings(path: string): string {
  if (!isLink(path)) return path;
  const behind = statSync(path) && realpathSync(path);
  const owner = behind === undefined ? undefined : statSync(dirname(behind))?.uid;
  if (behind !== undefined && owner === process.getuid?.()) return behind;
  const why =
    behind === undefined
      ? "it is a link that leads nowhere"
      : `it is a link to "${behind}", in a folder that is not yours`;
  throw new JvsError(`Cannot use the settings in "${path}": ${why}`, {
    code: "E_CONFIG",
    hint: "Put the link right, or a file in its place",
    details: { path, why },
  });
}

/**
 * Whether there may be settings for `folder`. Nearly always there are none, and every command asks:
 * this costs a look at each folder above, and imports nothing that is slow to load.
 */
export function mayHaveSettings(folder: string, configHome: string): boolean {
  const shared = userSettingsPath(configHome);
  if (shared !== undefined && isThere(shared)) return true;
  for (let at = folder; ; at = dirname(at)) {
    const layout = layoutOf(at);
    // A file `.jvs` may lead to a repository elsewhere.
    if (isThere(settingsPath(layout)) || isFile(layout.jvs)) return true;
    if (dirname(at) === at) return false;
  }
}

/** Whether there is something of that name: what is no file is no settings, but it must not go unsaid. */
export function isThere(path: string): boolean {
  try {
    return lstatSync(path) !== undefined;
  } catch {
    return false; // What is closed to us is not there.
  }
}

function isFile(path: string): boolean {
  try {
    return statSync(path)?.isFile() ?? false;
  } catch {
    return false;
  }
}
