import type { VerbEntry } from "../../command.ts";

/** What can follow `jvs config`. */
export const CONFIG_VERBS: readonly VerbEntry[] = [
  {
    name: "show",
    aliases: ["list"],
    summary: "Show the settings that hold here, and the file they are in",
    load: async () => (await import("./show.ts")).showCommand,
  },
  {
    name: "get",
    aliases: [],
    summary: "Print one setting",
    load: async () => (await import("./get.ts")).getCommand,
  },
  {
    name: "set",
    aliases: [],
    summary: "Change one setting",
    load: async () => (await import("./set.ts")).setCommand,
  },
  {
    name: "unset",
    aliases: [],
    summary: "Take one setting out of the file",
    load: async () => (await import("./unset.ts")).unsetCommand,
  },
];
