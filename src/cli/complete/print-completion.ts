import { SILENT } from "../../model/progress.ts";
import type { Io } from "../io.ts";
import { makeContext } from "../make-context.ts";
import { onOneLine } from "../terminal.ts";
import { complete } from "./complete.ts";

/** Says to the scripts that files may follow. No word that can be typed begins so. */
const FILES = ":files";

/**
 * What the completion scripts ask: one word a line, a tab, and what it means. Whatever goes wrong, a
 * person at the keyboard must not read of it.
 */
export async function printCompletion(words: readonly string[], io: Io): Promise<number> {
  try {
    const { names, files } = await complete(words, makeContext(io, SILENT, {}));
    const lines = names.map(({ word, about }) => `${word}\t${onOneLine(about).slice(0, 60)}`);
    io.out([...lines, ...(files ? [FILES] : [])].map((line) => `${line}\n`).join(""));
  } catch {
    // No words then.
  }
  return 0;
}
