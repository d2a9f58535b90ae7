import type { Settings } from "../../model/settings.ts";
import { findSettingsFiles, joinSettings, readSettingsFile } from "../../repo/settings-file.ts";

/**
 * The settings that hold in `folder`: those of its repository, then those of the user.
 *
 * @throws E_CONFIG when a file is broken
 */
export async function loadSettings(folder: string, configHome: string): Promise<Settings> {
  const { own, shared, old } = findSettingsFiles(folder, configHome);
  if (own === undefined && shared === undefined) return {};
  const read = async (path: string | undefined): Promise<Settings> =>
    path === undefined ? {} : await readSettingsFile(path);
  return joinSettings(await read(own), await read(shared), old);
}
