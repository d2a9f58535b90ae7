import { hasEngine } from "../../engines/choose-engine.ts";
import type { Settings } from "../../model/settings.ts";
import { findSettingsFiles, joinSettings, readSettingsFile } from "../../repo/settings-file.ts";

/** Settings in force, and what is to be said about them. */
export interface LoadedSettings {
  readonly settings: Settings;
  readonly warnings: readonly string[];
}

const NONE: LoadedSettings = { settings: {}, warnings: [] };

/**
 * The settings that hold in `folder`: those of its repository, then those of the user.
 *
 * @throws E_CONFIG when a file is broken
 */
export async function loadSettings(folder: string, configHome: string): Promise<LoadedSettings> {
  const { own, shared, old } = findSettingsFiles(folder, configHome);
  if (own === undefined && shared === undefined) return NONE;
  const read = async (path: string | undefined): Promise<Settings> =>
    path === undefined ? {} : await readSettingsFile(path);
  return heedEngine(joinSettings(await read(own), await read(shared), old));
}

/** An engine that this version lacks must not keep anybody from working; but never without a word. */
function heedEngine(settings: Settings): LoadedSettings {
  const { default_engine: engine, ...others } = settings;
  if (engine === undefined || hasEngine(engine)) return { settings, warnings: [] };
  const warning = `this version has no engine "${engine}" (default_engine); it uses the best it has`;
  return { settings: others, warnings: [warning] };
}
