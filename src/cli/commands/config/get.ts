import { getSetting } from "../../../operations/settings/edit-settings.ts";
import { type Command, defineCommand } from "../../command.ts";
import { GLOBAL_FLAG, renderSetting, SETTINGS_HELP, scopeOf } from "./settings-words.ts";

/** `jvs config get`. */
export const getCommand: Command = defineCommand({
  usage: "<key>",
  about: SETTINGS_HELP,
  words: { min: 1, max: 1 },
  flags: GLOBAL_FLAG,
  examples: [
    { command: "jvs config get default_tags", does: "the tags of every new snapshot" },
    { command: "jvs config get output_format --global", does: "what your own file says" },
  ],

  async run({ positionals: [key = ""], flags }, ctx, io) {
    return getSetting(ctx, scopeOf(flags, io), key);
  },

  render: renderSetting,
});
