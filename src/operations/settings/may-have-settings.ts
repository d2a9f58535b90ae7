import { mayHaveSettings } from "../../repo/settings-place.ts";

/** Whether loadSettings may find any. Cheap, for every command asks. */
export function maySettingsHold(folder: string, configHome: string): boolean {
  return mayHaveSettings(folder, configHome);
}
