import type { Io } from "./io.ts";

export interface NoteSource {
  /** The word on the command line. */
  readonly word: string | undefined;
  /** `--file`, which wins. */
  readonly file: string | undefined;
}

/** The note of a snapshot: a file word for word, stdin for `-` (trimmed), or the word itself. */
export function readNote(io: Io, { word, file }: NoteSource): string {
  if (file === "-") return decode(io.readStdin());
  if (file !== undefined) return decode(io.readFile(file));
  if (word === "-") return trimLines(decode(io.readStdin()));
  // An argument may hold bytes that are no UTF-8; a note is text.
  return (word ?? "").toWellFormed();
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

function trimLines(text: string): string {
  return text.replace(/\r\n/g, "\n").replace(/^[\n\r ]+|[\n\r ]+$/g, "");
}
