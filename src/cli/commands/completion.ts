import { type Command, defineCommand } from "../command.ts";
import { SCRIPTS, SHELLS, type Shell } from "../complete/scripts.ts";
import { UsageError } from "../usage-error.ts";

/** `jvs completion`. */
export const completionCommand: Command = defineCommand({
  usage: "<shell>",
  about: `Prints a script that lets a shell complete commands, flags, snapshots, tags and worktrees.
Shells: ${SHELLS.join(", ")}.`,
  words: { min: 1, max: 1 },
  flags: {},
  examples: [
    { command: "source <(jvs completion bash)", does: "in ~/.bashrc; zsh alike, behind compinit" },
    { command: "jvs completion fish | source", does: "in ~/.config/fish/config.fish" },
  ],

  async run({ positionals: [shell = ""] }) {
    if (isShell(shell)) return { shell, script: SCRIPTS[shell] };
    throw new UsageError(
      `invalid argument "${shell}" for "jvs completion"`,
      `Shells: ${SHELLS.join(", ")}`,
    );
  },

  isRaw: true,
  render: ({ script }) => script.trimEnd(),
});

function isShell(text: string): text is Shell {
  return (SHELLS as readonly string[]).includes(text);
}
