import { changeSetting } from "../../../operations/settings/edit-settings.ts";
import { type Command, defineCommand } from "../../command.ts";
import { GLOBAL_FLAG, SETTINGS_HELP, scopeOf } from "./settings-words.ts";

/** `jvs config set`. */
export const setCommand: Command = defineCommand({
  usage: "<key> <value>",
  about: `${SETTINGS_HELP}

Only the lines of that setting change. "" takes a setting away, as unset does.`,
  words: { min: 2, max: 2 },
  flags: GLOBAL_FLAG,
  examples: [
    { command: "jvs config set default_tags '[nightly]'", does: "tag every new snapshot" },
    { command: "jvs config set retention.keep_within 30d", does: "what gc may remove" },
    { command: "jvs config set limits.auto_max_count 200", does: "fewer automatic snapshots" },
    { command: "jvs config set output_format json --global", does: "JSON everywhere, always" },
  ],

  async run({ positionals: [key = "", text = ""], flags }, ctx, io) {
    return changeSetting(ctx, scopeOf(flags, io), { key, text });
  },

  render: ({ key }, _look, { positionals: [, text] }) => `Set ${key} = ${text}`,
});
