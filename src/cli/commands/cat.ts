import { pathFields } from "../../model/raw-path.ts";
import { readFile } from "../../operations/read-file.ts";
import { type Command, defineCommand } from "../command.ts";
import { fromArg } from "../raw-args.ts";

/** `jvs cat`. */
export const catCommand: Command = defineCommand({
  usage: "<ref> <path>",
  about: `Prints the bytes of a file as they are in the snapshot. With --json: as text where they are
UTF-8, else in base64.`,
  words: { min: 2, max: 2 },
  flags: {},
  examples: [
    { command: "jvs cat HEAD notes.txt", does: "the file as it was saved last" },
    { command: "jvs cat v1.0 data.bin > old.bin", does: "get an old version next to the new one" },
  ],

  async run({ positionals: [ref = "", path = ""] }, ctx) {
    const raw = fromArg(path);
    return { ...pathFields(raw), ...(await readFile(ctx, { ref, path: raw })) };
  },

  render: ({ pieces }) => pieces,

  toJson({ path, path_base64, snapshot_id, size, pieces }) {
    const content = asText(Buffer.concat([...pieces]));
    return { snapshot_id, path, size, ...content, ...(path_base64 ? { path_base64 } : {}) };
  },
});

function asText(bytes: Buffer): { encoding: "utf8" | "base64"; content: string } {
  try {
    const content = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return { encoding: "utf8", content };
  } catch {
    return { encoding: "base64", content: bytes.toString("base64") };
  }
}
