import type { Settings } from "../model/settings.ts";
import { maySettingsHold } from "../operations/settings/may-have-settings.ts";
import type { ParsedCall } from "./command.ts";
import type { CommandEntry } from "./commands.ts";
import type { Terms } from "./io.ts";

/** Their output is meant for a shell, or for eyes: `--json` alone changes it, as with help and version. */
const KEEPS_FORMAT: ReadonlySet<string> = new Set(["completion"]);
/** With these a broken file is mended, or it does not matter. */
const MENDS: ReadonlySet<string> = new Set(["config", "doctor", "upgrade", "completion"]);

/**
 * The settings that hold for a call. `output_format` takes effect at once, unless the words say
 * something about JSON.
 *
 * @throws E_CONFIG when a settings file is broken
 */
export async function heedSettings(
  entry: CommandEntry,
  { call, words }: { readonly call: ParsedCall; readonly words: readonly string[] },
  terms: Terms,
): Promise<Settings> {
  const { io } = terms;
  if (!maySettingsHold(io.cwd, io.configHome)) return {};
  const { loadSettings } = await import("../operations/settings/load-settings.ts");
  try {
    const settings = await loadSettings(io.cwd, io.configHome);
    if (asksForJson(settings, words) && !KEEPS_FORMAT.has(entry.name)) {
      terms.json = true;
      Object.assign(call.args.globals, { json: true });
    }
    return settings;
  } catch (error) {
    if (MENDS.has(entry.name.split(" ", 1)[0] as string)) return {};
    throw error;
  }
}

/** For a failure before the settings were heeded, such as a flag that is unknown: it takes their format, too. */
export async function heedFormat(words: readonly string[], terms: Terms): Promise<void> {
  if (terms.json) return;
  try {
    const { cwd, configHome } = terms.io;
    if (!maySettingsHold(cwd, configHome)) return;
    const { loadSettings } = await import("../operations/settings/load-settings.ts");
    terms.json = asksForJson(await loadSettings(cwd, configHome), words);
  } catch {
    // There is a failure to report already, and settings that cannot be read ask for nothing.
  }
}

function asksForJson({ output_format }: Settings, words: readonly string[]): boolean {
  return output_format === "json" && !saysJson(words);
}

function saysJson(words: readonly string[]): boolean {
  const end = words.indexOf("--");
  return (end < 0 ? words : words.slice(0, end)).some((word) => /^--json(=|$)/.test(word));
}
