import type { Settings } from "../model/settings.ts";
import { maySettingsHold } from "../operations/settings/may-have-settings.ts";
import type { ParsedCall } from "./command.ts";
import type { CommandEntry } from "./commands.ts";
import type { Terms } from "./io.ts";

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
    const { settings, warnings } = await loadSettings(io.cwd, io.configHome);
    for (const warning of warnings) io.err(`jvs: warning: ${warning}\n`);
    if (settings.output_format === "json" && !saysJson(words)) {
      terms.json = true;
      Object.assign(call.args.globals, { json: true });
    }
    return settings;
  } catch (error) {
    if (MENDS.has(entry.name.split(" ", 1)[0] as string)) return {};
    throw error;
  }
}

function saysJson(words: readonly string[]): boolean {
  const end = words.indexOf("--");
  return (end < 0 ? words : words.slice(0, end)).some((word) => /^--json(=|$)/.test(word));
}
