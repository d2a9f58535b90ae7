import { changeSetting } from "../../../operations/settings/edit-settings.ts";
import { type Command, defineCommand } from "../../command.ts";
import { GLOBAL_FLAG, SETTINGS_HELP, scopeOf } from "./settings-words.ts";

/** `jvs config unset`. */
export const unsetCommand: Command = defineCommand({
  usage: "<key>",
  about: SETTINGS_HELP,
  words: { min: 1, max: 1 },
  flags: GLOBAL_FLAG,
  examples: [
    { command: "jvs config unset output_format", does: "back to what is usual" },
    { command: "jvs config unset default_tags --global", does: "the same in your own file" },
  ],

  async run({ positionals: [key = ""], flags }, ctx, io) {
    return changeSetting(ctx, scopeOf(flags, io), { key, text: undefined });
  },

  render: ({ key }) => `Unset ${key}`,
});
