import { explainError, JvsError, SystemError, systemCodeOf } from "../model/errors.ts";
import { toText } from "../model/raw-path.ts";
import type { Io } from "./io.ts";
import { fromArg } from "./raw-args.ts";

export interface NoteSource {
  /** The word on the command line. */
  readonly word: string | undefined;
  /** `--file`, which wins. */
  readonly file: string | undefined;
}

/**
 * The note of a snapshot: a file word for word, stdin for `-` (trimmed), or the word itself.
 *
 * @throws E_IO, E_PERMISSION for a file that cannot be read
 */
export function readNote(io: Io, { word, file }: NoteSource): string {
  if (file === "-") return decode(io.readStdin());
  if (file !== undefined) return decode(readFile(io, file));
  if (word === "-") return trimLines(decode(io.readStdin()));
  // An argument may hold bytes that are no UTF-8; a note is text.
  return (word ?? "").toWellFormed();
}

function readFile(io: Io, file: string): Uint8Array {
  try {
    return io.readFile(file);
  } catch (error) {
    const { message, code } = explainError(
      new SystemError(systemCodeOf(error) || "EIO", "read the note from", toText(fromArg(file))),
    ) as JvsError;
    throw new JvsError(message, {
      code,
      hint: 'Name a file that holds the note, or "-" for stdin; nothing was saved',
      details: { path: toText(fromArg(file)) },
      cause: error,
    });
  }
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

function trimLines(text: string): string {
  return text.replace(/\r\n/g, "\n").replace(/^[\n\r ]+|[\n\r ]+$/g, "");
}
